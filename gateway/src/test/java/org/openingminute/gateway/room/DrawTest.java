package org.openingminute.gateway.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrawTest {

    private static final String SEED = "9f86d081884c7d659a2feaa0c55ad015";

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 16, 17, 1000, 4096, 50_000})
    void everybody_has_another_place_and_none_is_left_out(long early) {
        Draw draw = new Draw(SEED, early);
        assertThat(LongStream.range(0, early).map(draw::position).sorted())
                .containsExactlyElementsOf(LongStream.range(0, early).boxed().toList());
    }

    @Test
    void order_can_be_computed_in_any_language() {
        // The expected values come from an independent Python implementation of the class's description.
        assertThat(LongStream.range(0, 10).map(new Draw(SEED, 10)::position))
                .containsExactly(1L, 6L, 5L, 9L, 7L, 0L, 2L, 3L, 4L, 8L);
        assertThat(LongStream.of(0, 1, 2, 49_999).map(new Draw(SEED, 50_000)::position))
                .containsExactly(12_836L, 10_340L, 11_216L, 22_066L);
        assertThat(new Draw(SEED, 10).commitment())
                .isEqualTo("67212462231402852f818d095bb0c2bf1f422ede8b9025878ff2a89fc383f6ef");
    }

    @Test
    void program_of_the_documents_computes_the_same_order(@TempDir Path folder) throws IOException {
        Draw draw = new Draw(SEED, 1000);
        Path room = folder.resolve("room.json");
        Files.writeString(room, """
                {"draw": {"commitment": "%s", "early": 1000, "seed": "%s"}}""".formatted(draw.commitment(), SEED));
        assertThat(verified(room))
                .isEqualTo(LongStream.range(0, 1000)
                        .mapToObj(number -> Long.toString(draw.position(number) + 1))
                        .collect(Collectors.joining(" ")));
        assertThat(verified(room, "17")).isEqualTo(Long.toString(draw.position(16) + 1));
        assertThat(verified(room, "70001")).isEqualTo("70001");
        Files.writeString(room, Files.readString(room).replace("ad015", "ad016"));
        assertThat(verified(room)).isEqualTo("not the seed that was committed to");
    }

    private static String verified(Path room, String... number) throws IOException {
        List<String> command = new ArrayList<>(List.of("node", "../docs/verify-draw.mjs", room.toString()));
        command.addAll(List.of(number));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    @Test
    void later_arrivals_stand_behind_in_their_order() {
        Draw draw = new Draw(SEED, 1000);
        assertThat(draw.position(1000)).isEqualTo(1000);
        assertThat(draw.position(1_000_000)).isEqualTo(1_000_000);
    }

    @Test
    void coming_early_before_a_draw_gives_no_advantage() {
        int first = 0;
        double sum = 0;
        for (int seed = 0; seed < 2000; seed++) {
            long position = new Draw("seed " + seed, 1000).position(3);
            first += position < 100 ? 1 : 0;
            sum += position;
        }
        // Four standard deviations.
        assertThat(first).isBetween(200 - 54, 200 + 54);
        assertThat(sum / 2000).isCloseTo(499.5, within(26.0));
    }

    @Test
    void neighbours_in_arrival_are_no_neighbours_in_the_line() {
        Draw draw = new Draw(SEED, 50_000);
        long near = LongStream.range(1, 50_000)
                .filter(number -> Math.abs(draw.position(number) - draw.position(number - 1)) < 500)
                .count();
        assertThat(near).isBetween(850L, 1150L);
    }
}
