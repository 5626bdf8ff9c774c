package org.openingminute.local.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.local.desk.ServiceMemory.Done;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Proves that files of very many rows, downloaded through the gateway, are complete, begin at once, and need the memory of a page. Only
 * full proofs compare times and memory with bounds: in the small form the tables are smaller than the permitted growth. The memory for a
 * small file is measured after registration-service has made some files, whose garbage has filled the heap's young generation.
 */
@ExtendWith(DeskSystem.class)
@Tag("measured")
@Timeout(7200)
class ExportAtSizeIT {

    private static final int SMALL = 1_000;
    private static final int LARGE = DeskSystem.FULL ? 1_000_000 : 2_000;
    private static final int SMALL_FILES = DeskSystem.FULL ? 40 : 2;
    private static final Duration FIRST_BYTE = Duration.ofSeconds(1);
    private static final double HEAP_MIB = 32;
    private static final double RESIDENT_MIB = 64;

    private final Running running;

    @TempDir
    private Path folder;

    ExportAtSizeIT(Running running) {
        this.running = running;
    }

    @ParameterizedTest
    @EnumSource
    void file_is_whole_begins_at_once_and_takes_the_memory_of_a_page(ExportFile file) throws Exception {
        FilledConference small = FilledConference.of(running, SMALL);
        FilledConference large = FilledConference.of(running, LARGE);
        ServiceMemory memory = new ServiceMemory(running.system().pid("registration-service"));

        for (int i = 1; i < SMALL_FILES; i++) {
            download(small, file);
        }
        Done<Downloaded> few = memory.during(() -> download(small, file));
        Done<Downloaded> many = memory.during(() -> download(large, file));

        double heap = many.peak().heap() - few.peak().heap();
        double resident = many.peak().resident() - few.peak().resident();
        System.out.printf(
                "%s: %,d rows in %.1f s, %,d kB, first byte after %d ms; beyond one of %,d heap %+.1f MiB of %.0f, resident %+.1f MiB of %.0f%n",
                file.path(),
                many.result().content().rows(),
                many.result().whole().toMillis() / 1e3,
                many.result().bytes() / 1000,
                many.result().firstByte().toMillis(),
                few.result().content().rows(),
                heap,
                many.peak().heap(),
                resident,
                many.peak().resident());
        SoftAssertions all = new SoftAssertions();
        for (Map.Entry<FilledConference, Downloaded> one :
                Map.of(small, few.result(), large, many.result()).entrySet()) {
            ExportFile.Content content = one.getValue().content();
            all.assertThat(content.rows()).as("rows").isEqualTo(one.getKey().count(file.counted()));
            all.assertThat(content.formulas()).as("formulas").isZero();
            all.assertThat(content.texts()).as("texts").isPositive();
        }
        if (DeskSystem.FULL) {
            all.assertThat(few.result().firstByte()).as("first byte").isLessThan(FIRST_BYTE);
            all.assertThat(many.result().firstByte()).as("first byte of many").isLessThan(FIRST_BYTE);
            all.assertThat(heap).as("heap, MiB").isLessThan(HEAP_MIB);
            all.assertThat(resident).as("resident, MiB").isLessThan(RESIDENT_MIB);
        }
        all.assertAll();
    }

    /**
     * A downloaded file.
     *
     * @param firstByte the time from sending the request to the file's first byte
     * @param whole the time to the last byte
     */
    private record Downloaded(Duration firstByte, Duration whole, long bytes, ExportFile.Content content) {}

    private Downloaded download(FilledConference conference, ExportFile file) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(running.url() + "/api/admin/conferences/" + conference.slug() + "/" + file.path()))
                .header("Authorization", running.api().signIn("organiser").get("Authorization"))
                .build();
        Path target = folder.resolve(file.path());
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            long begun = System.nanoTime();
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            Duration first = store(response.body(), target, begun);
            Duration whole = Duration.ofNanos(System.nanoTime() - begun);
            try (Connection database = conference.connect()) {
                return new Downloaded(first, whole, Files.size(target), file.read(target, database));
            }
        }
    }

    /** Stores the file, and returns the time until its first byte. */
    private static Duration store(InputStream body, Path target, long begun) throws IOException {
        try (body;
                OutputStream out = Files.newOutputStream(target)) {
            out.write(body.read());
            Duration first = Duration.ofNanos(System.nanoTime() - begun);
            body.transferTo(out);
            return first;
        }
    }
}
