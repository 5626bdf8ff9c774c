package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;
import static org.openingminute.payment.ServiceFixture.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.store.Payments;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves who gets receipts and credit notes, that numbers have no gaps and that documents never change, on the running service. */
@PaymentServiceTest
class ReceiptIT {

    private static final int AT_ONCE = 200;

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Payments payments;

    @Test
    void kept_registration_gets_one_receipt_that_never_changes() throws IOException {
        UUID id = service.paid();
        assertThat(pdf(id, "receipt", token(id)).statusCode()).isEqualTo(404);

        service.registration.keep(id);
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1");
        String number = service.registration
                .published(id)
                .getLast()
                .body()
                .path("receipt")
                .path("number")
                .asString();
        assertThat(number).matches("2026-[0-9]{6}");

        HttpResponse<byte[]> receipt = pdf(id, "receipt", token(id));
        assertThat(receipt.headers().firstValue("Content-Type")).contains("application/pdf");
        assertThat(receipt.headers().firstValue("Content-Disposition"))
                .contains("inline; filename=\"receipt-%s.pdf\"".formatted(number));
        assertThat(text(receipt.body()))
                .contains("Receipt " + number, "Ada Lovelace", "USD 800.00", "ML26-7K3F9Q", "February 2, 2026");

        service.registration.keep(id);
        UUID refund = RegistrationPlayed.newId();
        service.registration.refund(refund, id, refund, 30_000);
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1", "payment.refunded.v1");
        assertThat(pdf(id, "receipt", token(id)).body()).isEqualTo(receipt.body());
    }

    @Test
    void every_refund_makes_a_credit_note() throws IOException {
        UUID id = service.paid();
        service.registration.keep(id);
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1");
        assertThat(pdf(id, "credit-note", token(id)).statusCode()).isEqualTo(404);

        for (long amount : new long[] {30_000, 50_000}) {
            UUID refund = RegistrationPlayed.newId();
            service.registration.refund(refund, id, refund, amount);
            await().atMost(SOON)
                    .until(() -> payments.find(id).orElseThrow().refunds().stream()
                            .anyMatch(one -> one.id().equals(refund) && one.providerRefund() != null));
        }

        HttpResponse<byte[]> notes = pdf(id, "credit-note", token(id));
        try (PDDocument document = Loader.loadPDF(notes.body())) {
            assertThat(document.getNumberOfPages()).isEqualTo(2);
        }
        assertThat(text(notes.body())).contains("USD 300.00", "USD 500.00").contains("For receipt " + receiptOf(id));
        assertThat(pdf(id, "credit-note", service.staff("organiser")).statusCode())
                .isEqualTo(200);
        assertThat(jdbc.sql("select what from audit where registration_id = ?")
                        .param(id)
                        .query(String.class)
                        .list())
                .containsExactly("opened a credit note");
    }

    @Test
    void a_receipt_is_for_its_contact_and_for_organisers() {
        UUID id = service.paid();
        service.registration.keep(id);
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1");

        assertThat(pdf(id, "receipt", "nonsense").statusCode()).isEqualTo(401);
        assertThat(pdf(id, "receipt", token(RegistrationPlayed.newId())).statusCode())
                .isEqualTo(403);
        assertThat(pdf(id, "receipt", service.staff("check-in")).statusCode()).isEqualTo(403);
        assertThat(pdf(id, "receipt", service.staff("organiser")).statusCode()).isEqualTo(200);
    }

    @Test
    void two_hundred_at_once_and_a_failure_leave_no_number_out() throws Exception {
        List<UUID> all = Stream.generate(service::requested).limit(AT_ONCE).toList();
        all.forEach(this::capture);
        UUID unlucky = all.get(AT_ONCE / 2);
        jdbc.sql("""
                create function fail_in_the_middle() returns trigger language plpgsql as $$
                begin
                    if new.registration_id = '%s' then raise exception 'as the test wants it'; end if;
                    return new;
                end
                $$
                """.formatted(unlucky)).update();
        jdbc.sql("""
                create trigger fail_in_the_middle after insert on issued_document
                   for each row execute function fail_in_the_middle()
                """).update();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> keeps = all.stream()
                    .<Future<?>>map(id -> threads.submit(() -> payments.apply(id, new PaymentTrigger.Kept())))
                    .toList();
            for (int i = 0; i < AT_ONCE; i++) {
                Future<?> keep = keeps.get(i);
                if (all.get(i).equals(unlucky)) {
                    assertThatThrownBy(keep::get).hasCauseInstanceOf(DataAccessException.class);
                } else {
                    keep.get();
                }
            }
        } finally {
            jdbc.sql("drop trigger fail_in_the_middle on issued_document").update();
            jdbc.sql("drop function fail_in_the_middle").update();
        }
        assertThat(payments.find(unlucky).orElseThrow().receipt()).isEmpty();
        payments.apply(unlucky, new PaymentTrigger.Kept());

        List<String> numbers = jdbc.sql("""
                select number from issued_document where kind = 'receipt' and number like '2026-%' order by number
                """).query(String.class).list();
        assertThat(numbers)
                .hasSizeGreaterThanOrEqualTo(AT_ONCE)
                .isEqualTo(IntStream.rangeClosed(1, numbers.size())
                        .mapToObj("2026-%06d"::formatted)
                        .toList());
    }

    @Test
    void an_issued_one_cannot_be_changed_or_removed() {
        UUID id = service.requested();
        capture(id);
        payments.apply(id, new PaymentTrigger.Kept());

        for (String attempt : List.of(
                "update issued_document set amount = 1 where registration_id = ?",
                "update issued_document set body = '{}' where registration_id = ?",
                "delete from issued_document where registration_id = ?")) {
            assertThatThrownBy(() -> jdbc.sql(attempt).param(id).update())
                    .as(attempt)
                    .hasMessageContaining("never changes");
        }
        pdf(id, "receipt", token(id));
        assertThatThrownBy(() -> jdbc.sql("update issued_document set pdf = '' where registration_id = ?")
                        .param(id)
                        .update())
                .hasMessageContaining("never changes");
    }

    /** Reports a capture to the service without the provider. */
    private void capture(UUID id) {
        await().atMost(SOON)
                .until(() ->
                        payments.find(id).filter(one -> one.request() != null).isPresent());
        payments.apply(
                id,
                new PaymentTrigger.MoneyArrived(
                        RegistrationPlayed.newId(), "sandbox", "pay_" + id, new Money(80_000, "USD"), Instant.now()));
    }

    private String receiptOf(UUID id) {
        return payments.find(id).orElseThrow().receipt().orElseThrow().number();
    }

    private HttpResponse<byte[]> pdf(UUID id, String name, String token) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(service.url() + "/api/registrations/" + id + "/" + name + ".pdf"))
                            .header("Authorization", "Bearer " + token)
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(byte[] pdf) throws IOException {
        try (PDDocument document = Loader.loadPDF(pdf)) {
            return new PDFTextStripper().getText(document);
        }
    }
}
