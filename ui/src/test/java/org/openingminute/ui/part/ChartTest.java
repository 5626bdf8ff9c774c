package org.openingminute.ui.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartTest {

    private static Chart of(long... values) {
        return new Chart(
                "caption",
                "kind",
                "unit",
                IntStream.range(0, values.length)
                        .mapToObj(i -> new Chart.Point("p" + i, values[i], Long.toString(values[i])))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 1",
        "1, 0 1",
        "3, 0 1 2 3",
        "4, 0 1 2 3 4",
        "5, 0 2 4 6",
        "87, 0 50 100",
        "4000000, 0 1000000 2000000 3000000 4000000"
    })
    void scale_has_round_numbers_up_to_the_highest_column(long highest, String lines) {
        assertThat(of(0, highest).lines().stream()
                        .map(line -> Long.toString(line.value()))
                        .toList())
                .isEqualTo(List.of(lines.split(" ")));
    }

    @Test
    void columns_stand_on_the_lowest_line_and_inside_the_drawing() {
        Chart chart = of(LongStream.range(0, 90).toArray());
        double floor = chart.lines().getFirst().y();
        double ceiling = chart.lines().getLast().y();
        assertThat(chart.bars()).hasSize(90).allSatisfy(bar -> {
            assertThat(bar.y() + bar.height()).isCloseTo(floor, offset(0.11));
            assertThat(bar.y()).isBetween(ceiling, floor);
            assertThat(bar.x()).isBetween(44.0, 480.0);
            assertThat(bar.x() + bar.width()).isLessThanOrEqualTo(480.0);
        });
        assertThat(chart.bars().stream().filter(Chart.Bar::isLabelled).count()).isBetween(3L, 6L);
    }

    @Test
    void chart_without_numbers_draws_nothing() {
        assertThat(of().isEmpty()).isTrue();
        assertThat(of().bars()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> new Chart.Point("p", -1, "-1"));
    }

    @Test
    void row_of_a_table_has_a_cell_for_each_column() {
        List<Table.Column> columns = List.of(new Table.Column("a", false), new Table.Column("b", true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Table("t", columns, List.of(List.of(new Table.Cell("1")))));
    }
}
