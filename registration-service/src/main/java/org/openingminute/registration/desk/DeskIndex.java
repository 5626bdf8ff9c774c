package org.openingminute.registration.desk;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.desk.IndexEntry.FailedMail;
import org.openingminute.registration.desk.IndexEntry.IndexedAttendee;
import org.openingminute.registration.desk.IndexEntry.Line;
import org.openingminute.registration.desk.IndexEntry.Need;
import org.openingminute.registration.desk.IndexEntry.SaleMinute;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.registrations.RegistrationRepository;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes the desk's index. The writer locks an entry's row before it reads the registration, so that the last writer has always read the
 * newest state, whatever the order of events and the number of instances.
 */
@Repository
class DeskIndex {

    /** Separates words in one text parameter; no indexed text contains this character. */
    private static final String BETWEEN = "\u001f";

    /** The codes of the timeline entries from which needs and counts are derived. */
    private static final String[] CODES = Stream.of(
                    TimelineNote.Code.CONFIRMED,
                    TimelineNote.Code.CONFIRMED_WITHOUT_PAYMENT,
                    TimelineNote.Code.PROOF_RECEIVED,
                    TimelineNote.Code.NO_OFFER_POSSIBLE,
                    TimelineNote.Code.EXPIRED,
                    TimelineNote.Code.CANCELLED,
                    TimelineNote.Code.PAYMENT_RECEIVED,
                    TimelineNote.Code.PAYMENT_GIVEN_BACK,
                    TimelineNote.Code.INQUIRY_OPENED,
                    TimelineNote.Code.PAYMENT_DISPUTED,
                    TimelineNote.Code.DISPUTE_LOST,
                    TimelineNote.Code.REFUND_ORDERED,
                    TimelineNote.Code.REFUND_MADE,
                    TimelineNote.Code.REFUND_RETURNED,
                    TimelineNote.Code.REFUND_FAILED,
                    TimelineNote.Code.TRANSFER_ARRIVED)
            .map(TimelineNote.Code::wireName)
            .toArray(String[]::new);

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    DeskIndex(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * Refreshes the entries after a change that publishes no event of the registration. Joins the caller's transaction, if there is one.
     */
    @EventListener
    void onUnpublishedChange(RegistrationRepository.UnpublishedChange change) {
        refresh(change.registrations());
    }

    /**
     * Rebuilds the entries of registrations; ids without a registration are ignored. Joins the caller's transaction, if there is one.
     *
     * @param registrations a few hundred at most, because all of them are read at once
     */
    void refresh(Collection<UUID> registrations) {
        Set<UUID> left = Set.copyOf(registrations);
        while (!left.isEmpty()) {
            Set<UUID> some = left;
            left = requireNonNull(transaction.execute(_ -> refreshOnce(some)));
        }
    }

    /** Returns the ids that another writer inserted concurrently, perhaps from an older state; the next attempt can lock their rows. */
    private Set<UUID> refreshOnce(Set<UUID> registrations) {
        Map<UUID, List<SaleMinute>> locked = lock(registrations);
        List<IndexEntry> entries = read(registrations);
        Set<UUID> written = entries.isEmpty() ? Set.of() : write(entries, locked);
        return entries.stream()
                .map(IndexEntry::id)
                .filter(id -> !written.contains(id))
                .collect(Collectors.toSet());
    }

    /** Locks the rows of registrations that are already in the index until the end of the transaction, and returns their counts. */
    private Map<UUID, List<SaleMinute>> lock(Collection<UUID> ids) {
        Map<UUID, List<SaleMinute>> counted = new HashMap<>();
        jdbc.sql("select id, counted from desk_registration where id = any(?) order by id for no key update")
                .param(ids.toArray(UUID[]::new))
                .query(row -> {
                    counted.put(
                            row.getObject("id", UUID.class),
                            List.of(Documents.value(row.getString("counted"), SaleMinute[].class)));
                });
        return counted;
    }

    private List<IndexEntry> read(Collection<UUID> ids) {
        return jdbc.sql("""
                select r.document, r.began_as,
                       (select json_agg(json_build_object('at', t.at, 'code', t.code, 'amount', t.parameters -> 'amount') order by t.id)
                          from timeline t where t.registration_id = r.id and t.code = any(:codes)) as lines,
                       (select json_agg(json_build_object('at', f.at + f.ahead_millis * interval '1 millisecond'))
                          from failed_mail f where f.registration_id = r.id) as mails
                  from registration r where r.id = any(:ids)
                """)
                .param("codes", CODES)
                .param("ids", ids.toArray(UUID[]::new))
                .query((row, _) -> entry(row))
                .list();
    }

    private static IndexEntry entry(ResultSet row) throws SQLException {
        return IndexEntry.of(
                Documents.registration(row.getString("document")),
                row.getString("began_as"),
                list(row.getString("lines"), Line[].class),
                list(row.getString("mails"), FailedMail[].class));
    }

    private static <T> List<T> list(@Nullable String json, Class<T[]> type) {
        return json == null ? List.of() : List.of(Documents.value(json, type));
    }

    /**
     * Writes the entries that are locked or new, applies the difference to the sale's counts, and returns the ids that were written. New
     * rows are inserted in the order of their ids and never wait for existing rows, so that two writers cannot deadlock.
     */
    private Set<UUID> write(List<IndexEntry> entries, Map<UUID, List<SaleMinute>> locked) {
        List<Counted> counts = entries.stream()
                .flatMap(entry -> difference(entry, locked.getOrDefault(entry.id(), List.of())))
                .toList();
        List<AttendeeOf> attendees = entries.stream()
                .flatMap(entry -> entry.attendees().stream().map(one -> new AttendeeOf(entry, one)))
                .toList();
        return new HashSet<>(jdbc.sql("""
                with made as (
                    select id, conference, created_at, string_to_array(needs, ',') as needs,
                           string_to_array(needs_since, ',')::timestamptz[] as needs_since,
                           string_to_array(needs_due, ',')::timestamptz[] as needs_due, oldest_need, counted::json as counted,
                           array_to_tsvector(string_to_array(words, :between)) as words
                      from unnest(:ids::uuid[], :conferences::text[], :createdAt::timestamptz[], :needs::text[], :needsSince::text[],
                                  :needsDue::text[], :oldestNeeds::timestamptz[], :counted::text[], :words::text[])
                           as n (id, conference, created_at, needs, needs_since, needs_due, oldest_need, counted, words)),
                inserted as (
                    insert into desk_registration (id, conference, created_at, version, needs, needs_since, needs_due, oldest_need,
                                                   counted, words)
                    select id, conference, created_at, :version, needs, needs_since, needs_due, oldest_need, counted, words
                      from made where id <> all(:locked) order by id
                    on conflict (id) do nothing
                    returning id, conference),
                updated as (
                    update desk_registration d
                       set version = :version, needs = m.needs, needs_since = m.needs_since, needs_due = m.needs_due,
                           oldest_need = m.oldest_need, counted = m.counted, words = m.words
                      from made m where d.id = m.id and d.id = any(:locked)
                    returning d.id, d.conference),
                written as (select * from inserted union all select * from updated),
                people as (
                    insert into desk_attendee as a (id, registration, conference, name_key, words)
                    select n.id, w.id, w.conference, n.name_key, array_to_tsvector(string_to_array(n.words, :between))
                      from unnest(:attendees::uuid[], :registrations::uuid[], :nameKeys::text[], :attendeeWords::text[])
                           as n (id, registration, name_key, words)
                      join written w on w.id = n.registration
                    on conflict (id) do update set name_key = excluded.name_key, words = excluded.words
                     where a.name_key <> excluded.name_key or a.words <> excluded.words),
                counts as (
                    insert into sale_minute as s (conference, at, registered, confirmed, ended, captured, refunded)
                    select w.conference, n.at, sum(n.registered), sum(n.confirmed), sum(n.ended), sum(n.captured), sum(n.refunded)
                      from unnest(:countedIds::uuid[], :minutes::timestamptz[], :registered::integer[], :confirmed::integer[],
                                  :ended::integer[], :captured::bigint[], :refunded::bigint[])
                           as n (id, at, registered, confirmed, ended, captured, refunded)
                      join written w on w.id = n.id
                     group by w.conference, n.at order by w.conference, n.at
                    on conflict (conference, at) do update
                       set registered = s.registered + excluded.registered, confirmed = s.confirmed + excluded.confirmed,
                           ended = s.ended + excluded.ended, captured = s.captured + excluded.captured,
                           refunded = s.refunded + excluded.refunded)
                select id from written
                """)
                .param("version", IndexEntry.VERSION)
                .param("between", BETWEEN)
                .param("locked", locked.keySet().toArray(UUID[]::new))
                .param("ids", entries.stream().map(IndexEntry::id).toArray(UUID[]::new))
                .param("conferences", texts(entries, IndexEntry::conference))
                .param("createdAt", texts(entries, entry -> entry.createdAt().toString()))
                .param(
                        "needs",
                        texts(entries, entry -> needs(entry, need -> need.kind().wireName())))
                .param("needsSince", texts(entries, entry -> needs(entry, need -> text(need.since()))))
                .param("needsDue", texts(entries, entry -> needs(entry, need -> text(need.due()))))
                .param(
                        "oldestNeeds",
                        texts(entries, entry -> text(entry.oldestNeed().orElse(null))))
                .param("counted", texts(entries, entry -> Documents.json(entry.counted())))
                .param("words", texts(entries, entry -> String.join(BETWEEN, entry.words())))
                .param(
                        "attendees",
                        attendees.stream().map(one -> one.attendee().id()).toArray(UUID[]::new))
                .param(
                        "registrations",
                        attendees.stream().map(one -> one.entry().id()).toArray(UUID[]::new))
                .param("nameKeys", texts(attendees, one -> one.attendee().nameKey()))
                .param(
                        "attendeeWords",
                        texts(
                                attendees,
                                one -> String.join(BETWEEN, one.attendee().words())))
                .param("countedIds", counts.stream().map(Counted::id).toArray(UUID[]::new))
                .param("minutes", texts(counts, one -> one.minute().at().toString()))
                .param(
                        "registered",
                        counts.stream().map(one -> one.minute().registered()).toArray(Integer[]::new))
                .param(
                        "confirmed",
                        counts.stream().map(one -> one.minute().confirmed()).toArray(Integer[]::new))
                .param("ended", counts.stream().map(one -> one.minute().ended()).toArray(Integer[]::new))
                .param(
                        "captured",
                        counts.stream().map(one -> one.minute().captured()).toArray(Long[]::new))
                .param(
                        "refunded",
                        counts.stream().map(one -> one.minute().refunded()).toArray(Long[]::new))
                .query(UUID.class)
                .list());
    }

    private record AttendeeOf(IndexEntry entry, IndexedAttendee attendee) {}

    private record Counted(UUID id, SaleMinute minute) {}

    /** Returns what an entry adds to the counts beyond its previous contribution. */
    private static Stream<Counted> difference(IndexEntry entry, List<SaleMinute> before) {
        Map<Instant, SaleMinute> minutes = new TreeMap<>();
        Stream.concat(entry.counted().stream(), before.stream().map(SaleMinute::negated))
                .forEach(minute -> minutes.merge(minute.at(), minute, SaleMinute::plus));
        return minutes.values().stream()
                .filter(minute -> !minute.isNothing())
                .map(minute -> new Counted(entry.id(), minute));
    }

    private static String needs(IndexEntry entry, Function<Need, String> column) {
        return entry.needs().stream().map(column).collect(Collectors.joining(","));
    }

    private static String text(@Nullable Instant at) {
        return at == null ? "infinity" : at.toString();
    }

    private static <R> String[] texts(List<R> rows, Function<R, String> column) {
        return rows.stream().map(column).toArray(String[]::new);
    }

    /** Starts the walk over all registrations, unless it has started already. */
    void beginBuild() {
        jdbc.sql("insert into desk_build (behind) values (?) on conflict do nothing")
                .param(new UUID(0, 0))
                .update();
    }

    /**
     * Builds a number of entries that are missing or of an older version, and returns whether more may remain. Skips rows that other
     * instances have locked.
     */
    boolean buildSome(int most) {
        return Boolean.TRUE.equals(transaction.execute(_ -> addMissing(most) || renew(most)));
    }

    private boolean addMissing(int most) {
        @Nullable
        UUID behind = jdbc.sql(
                        "select behind from desk_build where only_row and done_at is null for update skip locked")
                .query(UUID.class)
                .optional()
                .orElse(null);
        if (behind == null) {
            return false;
        }
        List<UUID> next = jdbc.sql("select id from registration where id > ? order by id limit ?")
                .param(behind)
                .param(most)
                .query((row, _) -> row.getObject("id", UUID.class))
                .list();
        Set<UUID> missing = new HashSet<>(next);
        missing.removeAll(Set.copyOf(jdbc.sql("select id from desk_registration where id = any(?)")
                .param(next.toArray(UUID[]::new))
                .query((row, _) -> row.getObject("id", UUID.class))
                .list()));
        refresh(missing);
        jdbc.sql("""
                update desk_build set behind = ?, done_at = case when ? then clock_timestamp() end where only_row
                """)
                .param(next.isEmpty() ? behind : next.getLast())
                .param(next.size() < most)
                .update();
        return next.size() == most;
    }

    private boolean renew(int most) {
        List<UUID> older = jdbc.sql("""
                select id from desk_registration where version < ? order by version limit ? for no key update skip locked
                """)
                .param(IndexEntry.VERSION)
                .param(most)
                .query((row, _) -> row.getObject("id", UUID.class))
                .list();
        refresh(older);
        return older.size() == most;
    }
}
