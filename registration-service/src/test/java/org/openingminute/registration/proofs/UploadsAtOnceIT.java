package org.openingminute.registration.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves that concurrent uploads use bounded memory, on the running service. */
@RegistrationServiceTest
class UploadsAtOnceIT {

    private static final int AT_ONCE = 8;
    private static final byte[] PDF = "%PDF-1.7 a student card".getBytes(StandardCharsets.US_ASCII);

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    @Test
    void the_ninth_concurrent_upload_is_asked_to_retry() throws Exception {
        String slug = conference();
        List<Reply> students = IntStream.rangeClosed(0, AT_ONCE)
                .mapToObj(_ -> service.register(slug, "student").expect(201))
                .toList();
        Reply ninth = students.getLast();
        List<Future<Reply>> inside = new ArrayList<>();

        try (ExecutorService uploaders = Executors.newVirtualThreadPerTaskExecutor()) {
            // The lock blocks the conference's batches, for which each finished upload waits.
            transaction.executeWithoutResult(_ -> {
                ServiceFixture.lockSale(jdbc, slug);
                students.subList(0, AT_ONCE).forEach(student -> inside.add(uploaders.submit(() -> upload(student))));
                await().atMost(ServiceFixture.SOON).until(() -> files(slug) == AT_ONCE);

                Reply refused = upload(ninth).expectProblem(503, "unavailable");
                assertThat(refused.raw().headers().firstValue("Retry-After")).contains("1");
                assertThat(files(slug)).isEqualTo(AT_ONCE);
            });
            for (Future<Reply> one : inside) {
                one.get().expect(202);
            }
        }
        upload(ninth).expect(202);
        assertThat(files(slug)).isEqualTo(AT_ONCE + 1);
    }

    private int files(String conference) {
        return jdbc.sql("""
                        select count(*) from proof join registration on registration.id = registration_id
                         where conference = ?
                        """).param(conference).query(Integer.class).single();
    }

    private Reply upload(Reply student) {
        String path = "/api/registrations/%s/attendees/%s/proof"
                .formatted(
                        student.text("id"), student.body().at("/attendees/0/id").asString());
        return service.upload(path, student.text("accessToken"), newKey(), "card.pdf", PDF);
    }

    private String conference() {
        String slug = "uploads-" + UUID.randomUUID().toString().substring(0, 8);
        service.put("/api/admin/conferences/" + slug, staffToken("organiser"), """
                {"slug": "%s", "name": "Test Conference", "startsOn": "2026-05-18", "endsOn": "2026-05-22", "timeZone": "UTC",
                 "registration": {"currency": "USD", "capacity": 20,
                  "phases": [{"code": "all", "name": "All", "from": "2026-01-01T00:00:00Z", "until": "2026-05-22T00:00:00Z"}],
                  "categories": [{"code": "seat", "name": "Seat", "amounts": {"all": 10000}},
                                 {"code": "student", "name": "Student", "amounts": {"all": 5000},
                                  "needsProof": true, "otherwise": "seat"}]}}
                """.formatted(slug))
                .expect(201);
        return slug;
    }
}
