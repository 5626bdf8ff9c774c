package org.openingminute.registration.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceUnderTest.newKey;
import static org.openingminute.registration.ServiceUnderTest.staffToken;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.ServiceUnderTest.Reply;

/** The file of a proof: taken, read, replaced and forgotten. */
class ProofFileIT extends ProofCalls {

    @Test
    void a_proof_is_a_pdf_a_jpeg_or_a_png_by_its_first_bytes_and_5_mb_at_most() {
        Reply made = register(conference(10), "student");
        assertThat(proof(made, 0)).isEqualTo("wanted");

        for (byte[] other : List.of(GIF, new byte[] {'%', 'P', 'D'}, "x%PDF-1.7".getBytes(StandardCharsets.US_ASCII))) {
            upload(made, 0, "card.pdf", other).expectProblem(415, "unsupported-media-type");
        }
        upload(made, 0, "card.pdf", Arrays.copyOf(PDF, FIVE_MEGABYTES + 1)).expectProblem(413, "too-large");
        upload(made, 0, "card.pdf", Arrays.copyOf(PDF, 7 * 1024 * 1024)).expectProblem(413, "too-large");
        assertThat(proof(made, 0)).as("nothing was taken").isEqualTo("wanted");
        assertThat(stored(made)).isEmpty();

        for (byte[] good : List.of(PNG, JPEG, PDF, Arrays.copyOf(PDF, FIVE_MEGABYTES))) {
            assertThat(upload(made, 0, "card", good)
                            .expect(202)
                            .body()
                            .at("/attendees/0/proof")
                            .asString())
                    .isEqualTo("received");
        }
    }

    @Test
    void what_is_no_upload_of_one_file_is_malformed() {
        Reply made = register(conference(10), "student");
        service.post(path(made, 0), token(made), null, "{}").expectProblem(400, "malformed");
        service.post(path(made, 0), token(made), null, null).expectProblem(400, "malformed");
        upload(made, 0, "", new byte[0]).expectProblem(400, "malformed");
    }

    @Test
    void a_proof_is_taken_from_who_may_and_for_who_needs_one() {
        String slug = conference(10);
        Reply made = register(slug, "student", "seat");
        Reply other = register(slug, "student");

        service.upload(path(made, 0), null, null, "card.pdf", PDF).expectProblem(401, "unauthenticated");
        service.upload(path(made, 0), token(other), null, "card.pdf", PDF).expectProblem(403, "forbidden");
        service.upload(path(made, 0), staffToken("check-in"), null, "card.pdf", PDF)
                .expectProblem(403, "forbidden");
        String unknown = "/api/registrations/" + made.text("id") + "/attendees/" + UUID.randomUUID() + "/proof";
        service.upload(unknown, token(made), null, "card.pdf", PDF).expectProblem(404, "not-found");
        upload(made, 1, "card.pdf", PDF).expectProblem(409, "not-allowed-now");
        service.upload(path(made, 0), staffToken("organiser"), null, "card.pdf", PDF)
                .expect(202);
        assertThat(audited(made)).containsExactly("sent in a proof");
        review(made, "{\"accept\": true}").expect(200);
        upload(made, 0, "card.pdf", PDF).expectProblem(409, "not-allowed-now");
    }

    @Test
    void the_organiser_reads_the_file_that_was_sent_in_last() {
        Reply made = register(conference(10), "student");
        String path = "/api/admin" + path(made, 0).substring("/api".length());
        service.get(path, staffToken("organiser")).expectProblem(404, "not-found");
        upload(made, 0, "card.pdf", PDF).expect(202);
        upload(made, 0, "<script>.html", PNG).expect(202);

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
        Reply made = register(conference(10), "student");
        String key = newKey();
        Reply first =
                service.upload(path(made, 0), token(made), key, "card.pdf", PDF).expect(202);
        upload(made, 0, "card.png", PNG).expect(202);

        assertThat(service.upload(path(made, 0), token(made), key, "card.pdf", PDF)
                        .body())
                .isEqualTo(first.body());
        service.upload(path(made, 0), token(made), key, "card.jpg", JPEG).expectProblem(422, "idempotency-key-reused");
        String path = "/api/admin" + path(made, 0).substring("/api".length());
        assertThat(service.download(path, staffToken("organiser")).body())
                .as("the one that counts is the last that was taken")
                .isEqualTo(PNG);
    }

    @Test
    void a_proof_is_kept_for_thirty_days_after_the_decision_and_one_that_was_replaced_is_not() {
        Reply decided = register(conference(10), "student");
        Reply waiting = register(conference(10), "student");
        upload(decided, 0, "card.pdf", PDF).expect(202);
        upload(waiting, 0, "card.pdf", PDF).expect(202);
        upload(waiting, 0, "card.png", PNG).expect(202);
        review(decided, "{\"accept\": true}").expect(200);
        uploadedEarlier(Duration.ofDays(40));

        forgetOldProofs();
        assertThat(stored(decided)).as("decided just now").containsExactly("application/pdf");
        assertThat(stored(waiting)).as("the one that counts").containsExactly("image/png");

        jdbc.sql("update proof set settled_at = settled_at - interval '30 days 1 minute'")
                .update();
        forgetOldProofs();
        assertThat(stored(decided)).isEmpty();
        assertThat(stored(waiting)).as("not decided yet").containsExactly("image/png");
        service.get("/api/admin" + path(decided, 0).substring("/api".length()), staffToken("organiser"))
                .expectProblem(404, "not-found");
    }

    @Test
    void nobody_fills_the_disk_by_sending_in_again_and_again() {
        Reply made = register(conference(10), "student");
        for (int i = 0; i < 8; i++) {
            upload(made, 0, "card.pdf", ("%PDF-" + i).getBytes(StandardCharsets.US_ASCII))
                    .expect(202);
        }
        assertThat(stored(made)).hasSize(1);
        String path = "/api/admin" + path(made, 0).substring("/api".length());
        assertThat(service.download(path, staffToken("organiser")).body())
                .asString()
                .isEqualTo("%PDF-7");
    }

    @Test
    void of_proofs_that_come_at_once_the_one_that_counts_stays_and_the_others_go() {
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 10; round++) {
                Reply made = register(conference(10), "student");
                // Four files, of which one is sent twice.
                List<CompletableFuture<Reply>> sent = IntStream.range(0, 5)
                        .mapToObj(i -> ("%PDF-" + i % 4).getBytes(StandardCharsets.US_ASCII))
                        .map(file -> CompletableFuture.supplyAsync(() -> upload(made, 0, "card.pdf", file), senders))
                        .toList();
                sent.forEach(reply -> reply.join().expect(202));

                assertThat(storedIds(made)).as("round %d", round).containsExactly(countsFor(made));
            }
        }
    }

    @Test
    void a_file_whose_ask_is_not_decided_yet_is_left_alone_by_those_that_are() {
        Reply made = register(conference(10), "student");
        // Stored, and its ask still on its way.
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
            upload(made, 0, "card.pdf", ("%PDF-" + i).getBytes(StandardCharsets.US_ASCII))
                    .expect(202);
        }
        assertThat(storedIds(made)).containsExactlyInAnyOrder(undecided.toString(), countsFor(made));
    }

    @Test
    void a_file_that_was_refused_is_not_kept() {
        Reply made = register(conference(10), "student");
        String key = newKey();
        service.upload(path(made, 0), token(made), key, "card.pdf", PDF).expect(202);
        service.upload(path(made, 0), token(made), key, "card.jpg", JPEG).expectProblem(422, "idempotency-key-reused");
        assertThat(stored(made)).containsExactly("application/pdf");
    }
}
