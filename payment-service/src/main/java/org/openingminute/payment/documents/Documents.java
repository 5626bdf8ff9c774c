package org.openingminute.payment.documents;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.lifecycle.Decision;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Payment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Stores receipts and credit notes. */
@Component
public final class Documents {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    private final JdbcClient jdbc;
    private final Issuer issuer;

    Documents(JdbcClient jdbc, PaymentServiceSettings settings) {
        this.jdbc = jdbc;
        this.issuer = Issuer.of(settings);
    }

    /**
     * A document that has no number yet.
     *
     * @param name placeholder for the number
     * @param payment for which the document is issued; other documents of the batch may have placeholders in it as well
     */
    public record UnnumberedDocument(String name, Payment payment, Decision.Issue issue) {

        private Series series() {
            return new Series(issue.kind(), issue.at().atZone(zone(payment)).getYear());
        }
    }

    /** A series of numbers. The year is that of the document's date. */
    private record Series(IssuedDocument.IssuedKind kind, int year) {

        String number(int nth) {
            return (kind == IssuedDocument.IssuedKind.CREDIT_NOTE ? "C" : "") + "%d-%06d".formatted(year, nth);
        }
    }

    /**
     * Issues documents inside the transaction that saves their cause. A number is the next of its year and is released if the transaction
     * does not commit. Until then no other transaction gets a number of the same series, so this should come last in the transaction.
     *
     * @return the numbers by the documents' placeholder names
     */
    public Map<String, String> issue(List<UnnumberedDocument> documents) {
        if (documents.isEmpty()) {
            return Map.of();
        }
        Map<Series, Integer> next = next(documents);
        Map<String, String> numbers = new LinkedHashMap<>();
        for (UnnumberedDocument document : documents) {
            Series series = document.series();
            numbers.put(document.name(), series.number(next.merge(series, 1, Integer::sum) - 1));
        }
        jdbc.sql("""
                insert into issued_document (registration_id, kind, number, amount, currency, issued_at, body)
                select * from unnest(?::uuid[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::timestamptz[], ?::text[])
                """)
                .param(documents.stream()
                        .map(document -> document.payment().registration())
                        .toArray(UUID[]::new))
                .param(documents.stream()
                        .map(document -> text(document.issue().kind()))
                        .toArray(String[]::new))
                .param(documents.stream()
                        .map(document -> numbers.get(document.name()))
                        .toArray(String[]::new))
                .param(documents.stream()
                        .map(document -> document.issue().amount().amount())
                        .toArray(Long[]::new))
                .param(documents.stream()
                        .map(document -> document.issue().amount().currency())
                        .toArray(String[]::new))
                .param(documents.stream()
                        .map(document -> document.issue().at().toString())
                        .toArray(String[]::new))
                .param(documents.stream()
                        .map(document -> JSON.writeValueAsString(DocumentBody.of(
                                document.payment().withNumbers(numbers),
                                document.issue(),
                                requireNonNull(numbers.get(document.name())),
                                issuer)))
                        .toArray(String[]::new))
                .update();
        return numbers;
    }

    private static ZoneId zone(Payment payment) {
        return DocumentBody.zone(
                payment.request() == null ? null : payment.request().body().timeZone());
    }

    /**
     * Reserves numbers and returns the first number of each series. All callers lock the series in the same order, receipts before credit
     * notes. If an instance is paused from here on, it blocks the documents of others only until the server ends its idle transaction.
     */
    private Map<Series, Integer> next(List<UnnumberedDocument> documents) {
        Map<Series, Integer> counts = new HashMap<>();
        documents.forEach(document -> counts.merge(document.series(), 1, Integer::sum));
        List<Series> series = counts.keySet().stream()
                .sorted(Comparator.comparing(Series::kind).thenComparingInt(Series::year))
                .toList();
        Map<Series, Integer> next = new HashMap<>();
        jdbc.sql("""
                insert into document_series (kind, year, last_number)
                select kind, year, wanted from unnest(?::text[], ?::integer[], ?::integer[])
                       with ordinality as series (kind, year, wanted, place)
                 order by place
                on conflict (kind, year) do update set last_number = document_series.last_number + excluded.last_number
                returning kind, year, last_number, set_config('idle_in_transaction_session_timeout', ?, true)
                """)
                .param(series.stream().map(one -> text(one.kind())).toArray(String[]::new))
                .param(series.stream().map(Series::year).toArray(Integer[]::new))
                .param(series.stream().map(counts::get).toArray(Integer[]::new))
                .param(LONGEST_PAUSE.toMillis() + "ms")
                .query(row -> {
                    Series one = new Series(kind(row.getString("kind")), row.getInt("year"));
                    next.put(one, row.getInt("last_number") - counts.getOrDefault(one, 0) + 1);
                });
        return next;
    }

    private static IssuedDocument.IssuedKind kind(String text) {
        return IssuedDocument.IssuedKind.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** A document for display: either the stored drawing, or the content that must still be drawn. */
    sealed interface Shown {

        String number();

        /** A stored drawing. Instances must not be compared, because the record's equality would compare the array by reference. */
        @SuppressWarnings("ArrayRecordComponent")
        record Drawn(String number, byte[] pdf) implements Shown {}

        record ToBeDrawn(DocumentBody body) implements Shown {

            @Override
            public String number() {
                return body.number();
            }
        }
    }

    /** Returns the generation below which the links of a registration's contact are invalid; 0 if none are. */
    int contactGeneration(UUID registration) {
        return jdbc.sql("""
                select coalesce((document::json ->> 'contactGeneration')::integer, 0) from payment where registration_id = ?
                """).param(registration).query(Integer.class).optional().orElse(0);
    }

    /** Returns the slug of a registration's conference; empty before the first request. */
    Optional<String> conference(UUID registration) {
        return jdbc.sql("select conference from payment where registration_id = ? and conference is not null")
                .param(registration)
                .query(String.class)
                .optional();
    }

    /** Returns all documents of a kind, oldest first. */
    List<Shown> all(UUID registration, IssuedDocument.IssuedKind kind) {
        return jdbc.sql("""
                select number, body, pdf from issued_document
                 where registration_id = ? and kind = ? order by issued_at, number
                """)
                .param(registration)
                .param(text(kind))
                .query((row, _) -> shown(row))
                .list();
    }

    private static Shown shown(ResultSet row) throws SQLException {
        byte[] pdf = row.getBytes("pdf");
        return pdf == null
                ? new Shown.ToBeDrawn(JSON.readValue(row.getString("body"), DocumentBody.class))
                : new Shown.Drawn(row.getString("number"), pdf);
    }

    /** Stores the drawing of a document. If another call stored one first, that drawing is kept and returned. */
    byte[] keep(DocumentBody body, byte[] pdf) {
        jdbc.sql("update issued_document set pdf = ? where kind = ? and number = ? and pdf is null")
                .param(pdf)
                .param(text(body.kind()))
                .param(body.number())
                .update();
        return jdbc.sql("select pdf from issued_document where kind = ? and number = ?")
                .param(text(body.kind()))
                .param(body.number())
                .query(byte[].class)
                .single();
    }

    private static String text(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
