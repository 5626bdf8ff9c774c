package org.openingminute.registration.exports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A file takes as much memory as a page, however long it is. {@code export.registrations} sets how long. */
@RegistrationServiceTest
@Import(ExportAtSizeIT.OfItsOwn.class)
@EnabledIfSystemProperty(named = "proofs", matches = "full", disabledReason = "takes minutes")
class ExportAtSizeIT {

    /** Gives it a database of its own, since a job makes an index of all these registrations. */
    static final class OfItsOwn {}

    private static final int REGISTRATIONS = Integer.getInteger("export.registrations", 1_000_000);
    private static final int FEW = 1_000;
    private static final int AT_ONCE = 50_000;
    private static final long MEBIBYTE = 1024 * 1024;
    private static final int LOOKS = 20;

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void file_of_many_rows_takes_no_more_memory_than_one_of_few() throws Exception {
        String few = filled(FEW);
        String many = filled(REGISTRATIONS);
        jdbc.sql("vacuum analyze registration").update();
        for (String file : new String[] {"registrations.csv", "registrations.xlsx"}) {
            read(few, file);
            Reading small = read(few, file);
            Reading large = read(many, file);
            System.out.printf(
                    "export: %s, %d registrations, first byte after %d ms, whole after %d s, %d MB, heap %d MiB, of %d %d MiB%n",
                    file,
                    REGISTRATIONS,
                    large.firstByte().toMillis(),
                    large.whole().toSeconds(),
                    large.bytes() / 1_000_000,
                    large.heap() / MEBIBYTE,
                    FEW,
                    small.heap() / MEBIBYTE);
            assertThat(large.heap() - small.heap()).as(file).isLessThan(32 * MEBIBYTE);
            assertThat(large.firstByte()).as(file).isLessThan(Duration.ofSeconds(1));
            if (file.endsWith("csv")) {
                assertThat(large.lines()).isEqualTo(1 + REGISTRATIONS);
            }
        }
    }

    /** @param heap the most that was in use after a collection */
    private record Reading(long bytes, long lines, long heap, Duration firstByte, Duration whole) {}

    /** Reads a file, and looks at the heap at equal parts of it. */
    private Reading read(String slug, String file) throws IOException, InterruptedException {
        long began = System.nanoTime();
        HttpResponse<InputStream> answer = http.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + service.port() + "/api/admin/conferences/" + slug + "/" + file))
                        .header("Authorization", "Bearer " + staffToken("organiser"))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        long rows = slug.endsWith("-" + REGISTRATIONS) ? REGISTRATIONS : FEW;
        long perLook = Math.max(1, rows * (file.endsWith("csv") ? 200 : 40) / LOOKS);
        byte[] buffer = new byte[64 * 1024];
        long bytes = 0;
        long lines = 0;
        long heap = 0;
        Duration firstByte = Duration.ZERO;
        try (InputStream body = answer.body()) {
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                if (bytes == 0) {
                    firstByte = Duration.ofNanos(System.nanoTime() - began);
                }
                if (bytes / perLook != (bytes + read) / perLook) {
                    heap = Math.max(heap, heapInUse());
                }
                bytes += read;
                for (int i = 0; i < read; i++) {
                    lines += buffer[i] == '\n' ? 1 : 0;
                }
            }
        }
        return new Reading(bytes, lines, heap, firstByte, Duration.ofNanos(System.nanoTime() - began));
    }

    private static long heapInUse() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private String filled(int count) {
        String first = service.putConference(10, 600);
        String slug = first + "-" + count;
        String id = service.register(first, "free").expect(201).text("id");
        String definition = service.get("/api/admin/conferences/" + first, staffToken("organiser"))
                .expect(200)
                .raw()
                .body()
                .replace(first, slug);
        service.put("/api/admin/conferences/" + slug, staffToken("organiser"), definition)
                .expect(201);
        for (int from = 1; from <= count; from += AT_ONCE) {
            jdbc.sql("""
                    insert into registration (id, conference, number, began_as, created_at, revision, changed_at, status, document)
                    select md5(id::text || n)::uuid, ?, n, began_as, created_at, revision, changed_at, status,
                           replace(document::text, id::text, md5(id::text || n)::uuid::text)::json
                      from registration, generate_series(?, ?) as n
                     where id = ?::uuid
                    """)
                    .param(slug)
                    .param(from)
                    .param(Math.min(count, from + AT_ONCE - 1))
                    .param(id)
                    .update();
        }
        return slug;
    }
}
