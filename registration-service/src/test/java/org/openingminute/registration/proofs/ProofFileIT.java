package org.openingminute.registration.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;
import static org.openingminute.registration.proofs.ProofSteps.FIVE_MEGABYTES;
import static org.openingminute.registration.proofs.ProofSteps.GIF;
import static org.openingminute.registration.proofs.ProofSteps.JPEG;
import static org.openingminute.registration.proofs.ProofSteps.PDF;
import static org.openingminute.registration.proofs.ProofSteps.PNG;
import static org.openingminute.registration.proofs.ProofSteps.path;
import static org.openingminute.registration.proofs.ProofSteps.token;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StepGuard;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.scheduling.config.ScheduledTask;

/** Proves uploads of proofs, access to them, replacement and deletion, on the running service with its database. */
@RegistrationServiceTest
class ProofFileIT {

    private final ServiceFixture service;
    private final JdbcClient jdbc;
    private final ScheduledAnnotationBeanPostProcessor jobs;
    private final ProofSteps proofs;

    @Autowired
    ProofFileIT(ServiceFixture service, JdbcClient jdbc, ScheduledAnnotationBeanPostProcessor jobs) {
        this.service = service;
        this.jdbc = jdbc;
        this.jobs = jobs;
        this.proofs = new ProofSteps(service, jdbc);
    }

    @Test
    void a_proof_is_a_pdf_a_jpeg_or_a_png_by_its_first_bytes_and_5_mb_at_most() {
        Reply made = proofs.register(proofs.conference(10), "student");
        assertThat(proof(made, 0)).isEqualTo("wanted");

        for (byte[] other : List.of(GIF, new byte[] {'%', 'P', 'D'}, "x%PDF-1.7".getBytes(StandardCharsets.US_ASCII))) {
            proofs.upload(made, 0, "card.pdf", other).expectProblem(415, "unsupported-media-type");
        }
        proofs.upload(made, 0, "card.pdf", Arrays.copyOf(PDF, FIVE_MEGABYTES + 1))
                .expectProblem(413, "too-large");
        proofs.upload(made, 0, "card.pdf", Arrays.copyOf(PDF, 7 * 1024 * 1024)).expectProblem(413, "too-large");
        assertThat(proof(made, 0)).as("nothing was stored").isEqualTo("wanted");
        assertThat(stored(made)).isEmpty();

        for (byte[] good : List.of(PNG, JPEG, PDF, Arrays.copyOf(PDF, FIVE_MEGABYTES))) {
            assertThat(proofs.upload(made, 0, "card", good)
                            .expect(202)
                            .body()
                            .at("/attendees/0/proof")
                            .asString())
                    .isEqualTo("received");
        }
    }

    @Test
    void uploads_other_than_one_file_are_malformed() {
        Reply made = proofs.register(proofs.conference(10), "student");
        service.post(path(made, 0), token(made), null, "{}").expectProblem(400, "malformed");
        service.post(path(made, 0), token(made), null, null).expectProblem(400, "malformed");
        proofs.upload(made, 0, "", new byte[0]).expectProblem(400, "malformed");
    }

    @Test
    void uploads_without_a_token_are_refused_before_their_bodies_are_read_and_nothing_is_stored() throws Exception {
        Reply made = proofs.register(proofs.conference(10), "student");
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = IntStream.range(0, 80)
                    .mapToObj(_ -> senders.submit(() -> uploadWithoutToken(made)))
                    .toList();
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo("HTTP/1.1 401");
            }
        }
        assertThat(stored(made)).isEmpty();
    }

    /** Sends only the headers until the response arrives, then five megabytes, which the server may refuse to read. */
    private String uploadWithoutToken(Reply made) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("""
                    POST %s HTTP/1.1\r
                    Host: localhost\r
                    Content-Type: multipart/form-data; boundary=%s\r
                    Content-Length: %d\r
                    \r
                    """.formatted(path(made, 0), ServiceFixture.BOUNDARY, FIVE_MEGABYTES)
                    .getBytes(StandardCharsets.US_ASCII));
            byte[] begin = socket.getInputStream().readNBytes("HTTP/1.1 401".length());
            try {
                socket.getOutputStream().write(new byte[FIVE_MEGABYTES]);
            } catch (SocketException _) {
                // The server has closed the connection without reading the body.
            }
            return new String(begin, StandardCharsets.US_ASCII);
        }
    }

    @Test
    void proof_upload_needs_a_valid_caller_and_a_category_with_proof() {
        String slug = proofs.conference(10);
        Reply made = proofs.register(slug, "student", "seat");
        Reply other = proofs.register(slug, "student");

        service.upload(path(made, 0), null, null, "card.pdf", PDF).expectProblem(401, "unauthenticated");
        service.upload(path(made, 0), token(other), null, "card.pdf", PDF).expectProblem(403, "forbidden");
        service.upload(path(made, 0), staffToken("check-in"), null, "card.pdf", PDF)
                .expectProblem(403, "forbidden");
        String unknown = "/api/registrations/" + made.text("id") + "/attendees/" + UUID.randomUUID() + "/proof";
        service.upload(unknown, token(made), null, "card.pdf", PDF).expectProblem(404, "not-found");
        proofs.upload(made, 1, "card.pdf", PDF).expectProblem(409, "not-allowed-now");
        service.upload(path(made, 0), staffToken("organiser"), null, "card.pdf", PDF)
                .expect(202);
        assertThat(proofs.audited(made)).containsExactly("sent in a proof");
        proofs.review(made, "{\"accept\": true}").expect(200);
        proofs.upload(made, 0, "card.pdf", PDF).expectProblem(409, "not-allowed-now");
    }

    @Test
    void the_organiser_reads_the_file_that_was_sent_in_last() {
        Reply made = proofs.register(proofs.conference(10), "student");
        String path = "/api/admin" + path(made, 0).substring("/api".length());
        service.get(path, staffToken("organiser")).expectProblem(404, "not-found");
        proofs.upload(made, 0, "card.pdf", PDF).expect(202);
        proofs.upload(made, 0, "<script>.html", PNG).expect(202);

        HttpResponse<byte[]> file = service.download(path, staffToken("organiser"));
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.body()).isEqualTo(PNG);
        assertThat(file.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(file.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"proof-" + made.text("reference") + ".png\"");
        assertThat(file.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(file.headers().firstValue("Cache-Control")).contains("private, no-store");
        service.get(path, token(made)).expectProblem(403, "forbidden");
        service.get(path, staffToken("operator")).expectProblem(403, "forbidden");
        service.get(path.replace(made.text("id"), UUID.randomUUID().toString()), staffToken("organiser"))
                .expectProblem(404, "not-found");
    }

    @Test
    void the_same_key_is_the_same_upload_and_never_another() {
        Reply made = proofs.register(proofs.conference(10), "student");
        String key = newKey();
        Reply first =
                service.upload(path(made, 0), token(made), key, "card.pdf", PDF).expect(202);
        proofs.upload(made, 0, "card.png", PNG).expect(202);

        assertThat(service.upload(path(made, 0), token(made), key, "card.pdf", PDF)
                        .body())
                .isEqualTo(first.body());
        service.upload(path(made, 0), token(made), key, "card.jpg", JPEG).expectProblem(422, "idempotency-key-reused");
        String path = "/api/admin" + path(made, 0).substring("/api".length());
        assertThat(service.download(path, staffToken("organiser")).body())
                .as("the last accepted file counts")
                .isEqualTo(PNG);
    }

    @Test
    void proofs_are_kept_thirty_days_and_replaced_ones_are_not() {
        Reply decided = proofs.register(proofs.conference(10), "student");
        Reply waiting = proofs.register(proofs.conference(10), "student");
        proofs.upload(decided, 0, "card.pdf", PDF).expect(202);
        proofs.upload(waiting, 0, "card.pdf", PDF).expect(202);
        proofs.upload(waiting, 0, "card.png", PNG).expect(202);
        proofs.review(decided, "{\"accept\": true}").expect(200);
        uploadedEarlier(Duration.ofDays(40));

        forgetOldProofs();
        assertThat(stored(decided)).as("decided a moment ago").containsExactly("application/pdf");
        assertThat(stored(waiting)).as("the file that counts").containsExactly("image/png");

        jdbc.sql("update proof set settled_at = settled_at - interval '30 days 1 minute'")
                .update();
        forgetOldProofs();
        assertThat(stored(decided)).isEmpty();
        assertThat(stored(waiting)).as("not decided yet").containsExactly("image/png");
        service.get("/api/admin" + path(decided, 0).substring("/api".length()), staffToken("organiser"))
                .expectProblem(404, "not-found");
    }

    @Test
    void files_are_deleted_in_batches_and_a_failing_one_keeps_few() {
        jdbc.sql("""
                create function stays() returns trigger language plpgsql as $$ begin raise 'a file that stays'; end $$
                """).update();
        jdbc.sql(
                        "create trigger stays before delete on proof for each row when (old.size = 2) execute function stays()")
                .update();
        StepGuard.on(jdbc, "proof", "delete", 20);
        try {
            // After the triggers, because the service runs the job by itself too.
            jdbc.sql("""
                    insert into proof (id, registration_id, attendee_id, content_type, size, bytes, uploaded_at)
                    select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'application/pdf', case n when 1000 then 2 else 1 end,
                           '\\x00', now() - interval '2 hours'
                      from generate_series(1, 2001) as n
                    """).update();
            forgetOldProofs();
            assertThat(small()).isBetween(1, 20);
        } finally {
            jdbc.sql("drop function stays() cascade").update();
        }
        try {
            forgetOldProofs();
        } finally {
            StepGuard.remove(jdbc, "proof");
        }
        assertThat(small()).isZero();
    }

    /** Counts files that are smaller than any upload. */
    private int small() {
        return jdbc.sql("select count(*) from proof where size <= 2")
                .query(Integer.class)
                .single();
    }

    @Test
    void repeated_uploads_do_not_fill_the_disk() {
        Reply made = proofs.register(proofs.conference(10), "student");
        for (int i = 0; i < 8; i++) {
            proofs.upload(made, 0, "card.pdf", ("%PDF-" + i).getBytes(StandardCharsets.US_ASCII))
                    .expect(202);
        }
        assertThat(stored(made)).hasSize(1);
        String path = "/api/admin" + path(made, 0).substring("/api".length());
        assertThat(service.download(path, staffToken("organiser")).body())
                .asString()
                .isEqualTo("%PDF-7");
    }

    @Test
    void concurrent_proofs_leave_the_one_that_counts() {
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 10; round++) {
                Reply made = proofs.register(proofs.conference(10), "student");
                // Four different files, one of them twice.
                List<CompletableFuture<Reply>> sent = IntStream.range(0, 5)
                        .mapToObj(i -> ("%PDF-" + i % 4).getBytes(StandardCharsets.US_ASCII))
                        .map(file ->
                                CompletableFuture.supplyAsync(() -> proofs.upload(made, 0, "card.pdf", file), senders))
                        .toList();
                sent.forEach(reply -> reply.join().expect(202));

                assertThat(storedIds(made)).as("round %d", round).containsExactly(countsFor(made));
            }
        }
    }

    @Test
    void undecided_file_survives_decisions_about_other_files() {
        Reply made = proofs.register(proofs.conference(10), "student");
        // A stored file whose command is still on its way.
        UUID undecided = UUID.randomUUID();
        jdbc.sql("""
                insert into proof (id, registration_id, attendee_id, content_type, size, bytes, uploaded_at)
                values (?, ?::uuid, ?::uuid, 'application/pdf', 5, '%PDF-', clock_timestamp() - interval '5 s')
                """)
                .param(undecided)
                .param(made.text("id"))
                .param(made.body().at("/attendees/0/id").asString())
                .update();
        for (int i = 0; i < 5; i++) {
            proofs.upload(made, 0, "card.pdf", ("%PDF-" + i).getBytes(StandardCharsets.US_ASCII))
                    .expect(202);
        }
        assertThat(storedIds(made)).containsExactlyInAnyOrder(undecided.toString(), countsFor(made));
    }

    @Test
    void a_file_that_was_refused_is_not_kept() {
        Reply made = proofs.register(proofs.conference(10), "student");
        String key = newKey();
        service.upload(path(made, 0), token(made), key, "card.pdf", PDF).expect(202);
        service.upload(path(made, 0), token(made), key, "card.jpg", JPEG).expectProblem(422, "idempotency-key-reused");
        assertThat(stored(made)).containsExactly("application/pdf");
    }

    private String proof(Reply registration, int attendee) {
        return service.read(registration)
                .body()
                .at("/attendees/" + attendee + "/proof")
                .asString();
    }

    private List<String> stored(Reply registration) {
        return jdbc.sql("select content_type from proof where registration_id = ?::uuid")
                .param(registration.text("id"))
                .query(String.class)
                .list();
    }

    private List<String> storedIds(Reply registration) {
        return jdbc.sql("select id::text from proof where registration_id = ?::uuid")
                .param(registration.text("id"))
                .query(String.class)
                .list();
    }

    /** Returns the file in the registration's document for its first attendee. */
    private String countsFor(Reply registration) {
        return jdbc.sql("select document -> 'attendees' -> 0 ->> 'proofFile' from registration where id = ?::uuid")
                .param(registration.text("id"))
                .query(String.class)
                .single();
    }

    private void uploadedEarlier(Duration by) {
        jdbc.sql("update proof set uploaded_at = uploaded_at - ? * interval '1 second'")
                .param(by.toSeconds())
                .update();
    }

    /** Runs the job that deletes old proofs. */
    private void forgetOldProofs() {
        ScheduledTask job = jobs.getScheduledTasks().stream()
                .filter(task -> task.toString().contains("forgetOldProofs"))
                .findFirst()
                .orElseThrow();
        job.getTask().getRunnable().run();
    }
}
