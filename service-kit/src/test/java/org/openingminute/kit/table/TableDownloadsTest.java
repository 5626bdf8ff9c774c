package org.openingminute.kit.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.table.TableDownloads.TableDownload;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** Proves what a download sends, and that it leaves time to others, with a mock response. */
class TableDownloadsTest {

    private static final long PAGE_NANOS = 20_000_000;

    private final MockHttpServletResponse response = new MockHttpServletResponse();
    private final TableDownloads downloads = new TableDownloads(1);

    @Test
    void pause_after_a_page_is_at_least_twice_the_time_of_the_page() {
        List<Long> begins = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        Iterator<List<List<Object>>> pages = pages("a", "b", "c");

        send(() -> {
            begins.add(System.nanoTime());
            takePageTime();
            ends.add(System.nanoTime());
            return pages.next();
        });

        assertThat(begins).hasSize(4);
        // The first page is read before the file begins, so that its failure can still be the response.
        for (int i = 2; i < begins.size(); i++) {
            assertThat(begins.get(i) - ends.get(i - 1)).isGreaterThanOrEqualTo(2 * PAGE_NANOS);
        }
    }

    @Test
    void file_has_each_row_of_each_page() {
        Iterator<List<List<Object>>> pages = pages("a", "=1+1");
        send(pages::next);

        assertThat(response.getContentAsByteArray())
                .asString(StandardCharsets.UTF_8)
                .contains("letter", "a", "'=1+1");
        assertThat(response.getHeader("Content-Disposition")).contains("letters.csv");
    }

    private void send(Supplier<List<List<Object>>> pages) {
        downloads.send(new MockHttpServletRequest(), response, download(pages));
    }

    private static TableDownload download(Supplier<List<List<Object>>> pages) {
        return new TableDownload("letters", "letters", List.of("letter"), CsvFile.FORMAT, pages, () -> {});
    }

    /** A page for each cell, and the empty one that ends a table. */
    private static Iterator<List<List<Object>>> pages(String... cells) {
        return Stream.concat(
                        Stream.of(cells).map(cell -> List.of(List.<Object>of(cell))),
                        Stream.of(List.<List<Object>>of()))
                .iterator();
    }

    private static void takePageTime() {
        long began = System.nanoTime();
        while (System.nanoTime() - began < PAGE_NANOS) {
            Thread.onSpinWait();
        }
    }
}
