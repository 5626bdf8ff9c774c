package org.openingminute.payment.store;

import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.documents.Documents;
import org.openingminute.payment.lifecycle.Attempt;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.DisputeRules.Dispute;
import org.openingminute.payment.lifecycle.DisputeRules.Inquiry;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.Refund;
import org.openingminute.payment.lifecycle.Session;
import org.openingminute.payment.lifecycle.TransferRules.Transfer;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a payment from its rows. Names their columns: a statement that asks for all of them fails once on each connection when
 * the next version adds one.
 */
@Component
final class PaymentRows {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
            .build();

    private final JdbcClient jdbc;
    private final Documents documents;

    PaymentRows(JdbcClient jdbc, Documents documents) {
        this.jdbc = jdbc;
        this.documents = documents;
    }

    Optional<Payment> find(UUID registration) {
        return jdbc.sql("""
                select registration_id, request, requested_at, closed_because, sequence
                  from payment where registration_id = ?
                """)
                .param(registration)
                .query((row, _) -> new Payment(
                        registration,
                        request(row),
                        row.getString("closed_because"),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        row.getLong("sequence")))
                .optional()
                .map(this::withParts);
    }

    private Payment withParts(Payment payment) {
        UUID registration = payment.registration();
        return payment.withSessions(all(registration, """
                        select id, provider, amount, currency, state, provider_session, url, asked_at from payment_session
                         where registration_id = ? and state in ('opening', 'open', 'ending') order by asked_at, id
                        """, PaymentRows::session))
                .withCaptures(all(registration, """
                        select id, provider, provider_payment, amount, currency, captured_at, surplus, answered, kept, told_at,
                               told_again
                          from payment_capture where registration_id = ? order by captured_at, id
                        """, PaymentRows::capture))
                .withRefunds(all(registration, """
                        select id, capture_id, amount, currency, reason, state, changed_at, asked_at, surplus, provider_refund,
                               failure, transferred_by, returned
                          from payment_refund where registration_id = ? order by asked_at, id
                        """, PaymentRows::refund))
                .withDisputes(all(registration, """
                        select id, provider, provider_dispute, capture_id, amount, currency, state, changed_at
                          from payment_dispute where registration_id = ? order by id
                        """, PaymentRows::dispute))
                .withInquiries(all(registration, """
                        select id, provider, provider_dispute, capture_id, amount, currency, opened_at, closed_at
                          from payment_inquiry where registration_id = ? order by opened_at, id
                        """, PaymentRows::inquiry))
                .withAttempts(all(registration, """
                        select provider, id, tried_at, coalesce(shown_at, tried_at) as shown_at, outcome, reason
                          from payment_try where registration_id = ? order by tried_at, id
                        """, PaymentRows::attempt))
                .withDocuments(documents.of(registration))
                .withTransfers(all(registration, """
                        select id, amount, currency, received_at, booked
                          from payment_transfer where registration_id = ? order by marked_at, id
                        """, PaymentRows::transfer));
    }

    private <T> List<T> all(UUID registration, String sql, RowMapper<T> mapper) {
        return jdbc.sql(sql).param(registration).query(mapper).list();
    }

    String json(PaymentRequest request) {
        return JSON.writeValueAsString(request);
    }

    private static @Nullable ReceivedRequest request(ResultSet row) throws SQLException {
        String request = row.getString("request");
        return request == null
                ? null
                : new ReceivedRequest(JSON.readValue(request, PaymentRequest.class), instant(row, "requested_at"));
    }

    private static Session session(ResultSet row, int number) throws SQLException {
        String url = row.getString("url");
        return new Session(
                row.getObject("id", UUID.class),
                row.getString("provider"),
                money(row),
                state(Session.SessionState.class, row),
                row.getString("provider_session"),
                url == null ? null : URI.create(url),
                instant(row, "asked_at"));
    }

    private static Capture capture(ResultSet row, int number) throws SQLException {
        return new Capture(
                row.getObject("id", UUID.class),
                row.getString("provider"),
                row.getString("provider_payment"),
                money(row),
                instant(row, "captured_at"),
                row.getBoolean("surplus"),
                row.getBoolean("answered"),
                row.getBoolean("kept"),
                instant(row, "told_at"),
                row.getInt("told_again"));
    }

    private static Refund refund(ResultSet row, int number) throws SQLException {
        return new Refund(
                row.getObject("id", UUID.class),
                row.getObject("capture_id", UUID.class),
                money(row),
                row.getString("reason"),
                state(Refund.RefundState.class, row),
                instant(row, "changed_at"),
                instant(row, "asked_at"),
                row.getBoolean("surplus"),
                row.getString("provider_refund"),
                row.getString("failure"),
                row.getString("transferred_by"),
                row.getBoolean("returned"));
    }

    private static Dispute dispute(ResultSet row, int number) throws SQLException {
        return new Dispute(
                row.getObject("id", UUID.class),
                row.getString("provider"),
                row.getString("provider_dispute"),
                row.getObject("capture_id", UUID.class),
                money(row),
                state(Dispute.State.class, row),
                instant(row, "changed_at"));
    }

    private static Inquiry inquiry(ResultSet row, int number) throws SQLException {
        @Nullable OffsetDateTime closedAt = row.getObject("closed_at", OffsetDateTime.class);
        return new Inquiry(
                row.getObject("id", UUID.class),
                row.getString("provider"),
                row.getString("provider_dispute"),
                row.getObject("capture_id", UUID.class),
                money(row),
                instant(row, "opened_at"),
                closedAt == null ? null : closedAt.toInstant());
    }

    private static Attempt attempt(ResultSet row, int number) throws SQLException {
        return new Attempt(
                row.getString("provider"),
                row.getString("id"),
                instant(row, "tried_at"),
                instant(row, "shown_at"),
                constant(Attempt.AttemptOutcome.class, row.getString("outcome")),
                row.getString("reason"));
    }

    private static Transfer transfer(ResultSet row, int number) throws SQLException {
        return new Transfer(
                row.getObject("id", UUID.class), money(row), instant(row, "received_at"), row.getBoolean("booked"));
    }

    private static Money money(ResultSet row) throws SQLException {
        return new Money(row.getLong("amount"), row.getString("currency"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static String text(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E state(Class<E> type, ResultSet row) throws SQLException {
        return constant(type, row.getString("state"));
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String text) {
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
