package org.openingminute.notification.wording;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.notification.composition.OwnWording;
import org.openingminute.notification.composition.OwnWordings;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.projection.ReadAt;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Stores organisers' wordings, including former ones. Mails are composed with wordings that are at most one second old, so a change soon
 * applies on every instance.
 */
@Repository
class WordingRepository implements OwnWordings {

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final TransactionTemplate transaction;
    private final AuditLog audit;
    private final Map<WordingPlace, Read> read = new ConcurrentHashMap<>();

    WordingRepository(JdbcClient jdbc, Clock clock, TransactionTemplate transaction, AuditLog audit) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.transaction = transaction;
        this.audit = audit;
    }

    /** The conference, kind and language that a wording belongs to. */
    record WordingPlace(String conference, MailKind kind, String locale) {}

    /** The last change in one place: a wording, or its removal. */
    record Newest(long revision, Optional<KeptWording> wording) {

        static final Newest NONE = new Newest(0, Optional.empty());
    }

    private record Read(ReadAt at, Optional<OwnWording> wording) {}

    @Override
    public Optional<OwnWording> find(String conference, MailKind kind, String language) {
        WordingPlace place = new WordingPlace(conference, kind, language);
        Instant now = clock.instant();
        @Nullable Read known = read.get(place);
        if (known == null || !known.at().isWithin(FRESH, now)) {
            ReadAt at = ReadAt.now(now);
            known = new Read(at, newest(place).wording().map(KeptWording::wording));
            read.put(place, known);
        }
        return known.wording();
    }

    Newest newest(WordingPlace place) {
        return jdbc.sql("""
                select revision, subject, body, changed_at, changed_by from mail_wording
                 where conference = ? and kind = ? and locale = ?
                 order by revision desc limit 1
                """)
                .param(place.conference())
                .param(place.kind().code())
                .param(place.locale())
                .query((row, number) -> newest(row))
                .optional()
                .orElse(Newest.NONE);
    }

    private static Newest newest(ResultSet row) throws SQLException {
        long revision = row.getLong("revision");
        @Nullable String subject = row.getString("subject");
        return new Newest(
                revision,
                subject == null
                        ? Optional.empty()
                        : Optional.of(new KeptWording(
                                new OwnWording(subject, row.getString("body")),
                                revision,
                                row.getTimestamp("changed_at").toInstant(),
                                row.getString("changed_by"))));
    }

    /** Returns the kinds and languages of a conference that have an organiser's wording, as {@code kind locale}. */
    List<String> overridden(String conference) {
        return jdbc.sql("""
                select kind, locale
                  from (select distinct on (kind, locale) kind, locale, subject from mail_wording
                         where conference = ? order by kind, locale, revision desc) as newest
                 where subject is not null
                """)
                .param(conference)
                .query((row, number) -> row.getString("kind") + " " + row.getString("locale"))
                .list();
    }

    /**
     * Adds a change.
     *
     * @param wording {@code null} for ours
     * @param after the change that this one is based on
     * @return false if another change came first
     */
    boolean add(WordingPlace place, @Nullable OwnWording wording, Newest after, Person organiser) {
        boolean added = Boolean.TRUE.equals(transaction.execute(_ -> {
            boolean inserted = insert(place, wording, after.revision(), organiser.subject());
            if (inserted) {
                audit.write(new Person.AuditEntry(
                        organiser,
                        wording == null ? "restored a wording" : "changed a wording",
                        place.conference(),
                        null,
                        json(place, after.wording().map(KeptWording::wording).orElse(null)),
                        json(place, wording),
                        null));
            }
            return inserted;
        }));
        read.remove(place);
        return added;
    }

    private static JsonNode json(WordingPlace place, @Nullable OwnWording wording) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("kind", place.kind().code())
                .put("locale", place.locale())
                .put("subject", wording == null ? null : wording.subject())
                .put("text", wording == null ? null : wording.text());
    }

    private boolean insert(WordingPlace place, @Nullable OwnWording wording, long after, String account) {
        return jdbc.sql("""
                insert into mail_wording (conference, kind, locale, revision, subject, body, changed_at, changed_by)
                values (:conference, :kind, :locale, :revision, :subject, :body, :now, :account)
                on conflict do nothing
                """)
                        .param("conference", place.conference())
                        .param("kind", place.kind().code())
                        .param("locale", place.locale())
                        .param("revision", after + 1)
                        .param("subject", wording == null ? null : wording.subject(), Types.VARCHAR)
                        .param("body", wording == null ? null : wording.text(), Types.VARCHAR)
                        .param("now", Timestamp.from(clock.instant()))
                        .param("account", account)
                        .update()
                == 1;
    }
}
