package org.openingminute.payment.documents;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.lifecycle.Decision;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Stores receipts and credit notes. */
@Component
public final class Documents {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final JdbcClient jdbc;
    private final Issuer issuer;

    Documents(JdbcClient jdbc, PaymentServiceSettings settings) {
        this.jdbc = jdbc;
        this.issuer = Issuer.of(settings);
    }

    /**
     * Issues a document inside the transaction that saves its cause. The number is the next of its year, and is
     * released if the transaction does not commit. Until then no other transaction gets a number of the same series.
     */
    public IssuedDocument issue(Payment payment, Decision.Issue issue) {
        int year = issue.at().atZone(zone(payment)).getYear();
        String number = (issue.kind() == IssuedDocument.IssuedKind.CREDIT_NOTE ? "C" : "")
                + "%d-%06d".formatted(year, nextNumber(issue.kind(), year));
        DocumentBody body = DocumentBody.of(payment, issue, number, issuer);
        jdbc.sql("""
                insert into issued_document (registration_id, kind, number, amount, currency, issued_at, body)
                values (?, ?, ?, ?, ?, ?, ?)
                """)
                .param(payment.registration())
                .param(text(issue.kind()))
                .param(number)
                .param(issue.amount().amount())
                .param(issue.amount().currency())
                .param(issue.at().atOffset(ZoneOffset.UTC))
                .param(JSON.writeValueAsString(body))
                .update();
        return new IssuedDocument(issue.kind(), number, issue.amount(), issue.at());
    }

    /** The year is that of the date in the document. */
    private static ZoneId zone(Payment payment) {
        return DocumentBody.zone(
                payment.request() == null ? null : payment.request().body().timeZone());
    }

    private int nextNumber(IssuedDocument.IssuedKind kind, int year) {
        return jdbc.sql("""
                insert into document_series (kind, year, last_number) values (?, ?, 1)
                on conflict (kind, year) do update set last_number = document_series.last_number + 1
                returning last_number
                """).param(text(kind)).param(year).query(Integer.class).single();
    }

    /** A registration's documents, oldest first. */
    public List<IssuedDocument> of(UUID registration) {
        return jdbc.sql("""
                select kind, number, amount, currency, issued_at
                  from issued_document where registration_id = ? order by issued_at, number
                """)
                .param(registration)
                .query((row, _) -> new IssuedDocument(
                        IssuedDocument.IssuedKind.valueOf(
                                row.getString("kind").toUpperCase(Locale.ROOT).replace('-', '_')),
                        row.getString("number"),
                        new Money(row.getLong("amount"), row.getString("currency")),
                        row.getObject("issued_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** A document to be shown: the stored drawing, or the content that is still to be drawn. */
    sealed interface Shown {

        String number();

        /** A record of arrays must not be compared. */
        @SuppressWarnings("ArrayRecordComponent")
        record Drawn(String number, byte[] pdf) implements Shown {}

        record ToBeDrawn(DocumentBody body) implements Shown {

            @Override
            public String number() {
                return body.number();
            }
        }
    }

    /** All documents of a kind, oldest first. */
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

    /** Stores the drawing of a document. If another call was quicker, its drawing is the document and is returned. */
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
