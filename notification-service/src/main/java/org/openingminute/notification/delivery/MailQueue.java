package org.openingminute.notification.delivery;

import static java.util.stream.Collectors.joining;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.composition.ComposedMail.KeptBodies;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.due.PromptDelivery;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.ReadAt;
import org.openingminute.notification.projection.StoredProjection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/**
 * The waiting mails and their outcomes. Leases are measured by the database's clock, which all instances share.
 *
 * <p>Statements about given mails use {@code state is not distinct from 'waiting'}. With {@code =} PostgreSQL could use an index of waiting
 * mails, and a plan made while few mails wait would read all of them when many do.
 */
@Repository
class MailQueue {

    /** How many mails are read from a lane; later mails wait, even if their domain has room. */
    private static final int WINDOW = 200;

    private static final JsonMapper JSON = new JsonMapper();

    /** Finds when the next mail is due in any lane. A leased mail is due as well, because its holder may be dead. */
    static final String DUE_AT = """
            select least(
                (select min(head.due)
                   from unnest(array[%s]) as lane (kind)
                  cross join lateral (
                     select min(next_try_at) as due from mail
                      where kind = lane.kind and copy = 0 and requested_by is null and state = 'waiting') as head),
                (select min(next_try_at) from mail where (copy > 0 or requested_by is not null) and state = 'waiting'))
            """.formatted(FairQueue.kinds().stream().collect(joining("', '", "'", "'")));

    private final JdbcClient jdbc;
    private final Clock clock;
    private final NotificationServiceSettings.Pace pace;
    private final UUID instance;
    private final FairQueue lanes = new FairQueue();
    private final SharedRuns<Attempt, Optional<Begun>> attempts = new SharedRuns<>(this::beginAll);

    MailQueue(JdbcClient jdbc, Clock clock, Ids ids, NotificationServiceSettings settings) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.pace = settings.pace();
        this.instance = ids.next();
    }

    /**
     * Leases due mails; no other instance gets them until the lease expires. Lanes are served in rotation, each with its longest waiting
     * mail first; mails that a person asked for wait in the lane of resends. A mail whose domain is at its limit lets later ones pass,
     * within the window.
     *
     * @param underway how many mails this instance is sending to each domain
     * @param takeOver whether to take over mails whose leases other instances did not renew
     */
    List<WaitingMail> lease(int atMost, Map<String, Integer> underway, boolean takeOver) {
        List<Leased> leased = jdbc.sql("""
                with oldest as (
                    select head.id, head.domain, lane.place, head.turn
                      from unnest(:lanes::text[]) with ordinality as lane (kind, place)
                     cross join lateral (
                        select id, lower(split_part(recipient, '@', -1)) as domain,
                               row_number() over (order by next_try_at, id) as turn
                          from mail
                         where kind = lane.kind and copy = 0 and requested_by is null and state = 'waiting'
                           and next_try_at <= :now and (leased_until is null or (:takeOver and leased_until < clock_timestamp()))
                         order by next_try_at, id
                         limit :window) as head
                    union all
                    (select id, lower(split_part(recipient, '@', -1)),
                            array_position(:lanes::text[], :copies), row_number() over (order by next_try_at, id)
                       from mail
                      where (copy > 0 or requested_by is not null) and kind = any(:lanes) and state = 'waiting'
                        and next_try_at <= :now
                        and (leased_until is null or (:takeOver and leased_until < clock_timestamp()))
                      order by next_try_at, id
                      limit :window)),
                ranked as (
                    select oldest.id, turn, place,
                           row_number() over (partition by domain order by turn, place) + coalesce(busy.mails, 0) as nth
                      from oldest left join unnest(:domains::text[], :counts::integer[]) as busy (domain, mails)
                           using (domain)),
                due as (
                    select id from mail
                     where id = any(array(select id from ranked where nth <= :perDomain order by turn, place limit :atMost))
                       and state is not distinct from 'waiting'
                       and (leased_until is null or (:takeOver and leased_until < clock_timestamp()))
                       for update skip locked)
                update mail
                   set leased_by = :instance, leased_until = clock_timestamp() + :millis * interval '1 millisecond'
                  from due
                 where mail.id = due.id
                returning mail.id, mail.registration_id, mail.kind, mail.about, mail.tries, mail.attempts, mail.refusals, mail.due_since,
                          mail.read_late, mail.copy, mail.copy > 0 or mail.requested_by is not null as resent,
                          mail.traceparent, lower(split_part(mail.recipient, '@', -1)) as domain
                """)
                .param("now", timestamp())
                .param("lanes", lanes.inOrder())
                .param("copies", FairQueue.COPIES)
                .param("window", WINDOW)
                .param("domains", underway.keySet().toArray(String[]::new))
                .param("counts", underway.values().toArray(Integer[]::new))
                .param("perDomain", pace.mailsPerDomain())
                .param("atMost", atMost)
                .param("takeOver", takeOver)
                .param("instance", instance)
                .param("millis", pace.lease().toMillis())
                .query((row, number) -> leased(row))
                .list();
        leased.forEach(one -> lanes.served(one.lane()));
        return leased.stream().map(Leased::mail).toList();
    }

    private record Leased(WaitingMail mail, String lane) {}

    private static Leased leased(ResultSet row) throws SQLException {
        String kind = row.getString("kind");
        return new Leased(
                new WaitingMail(
                        row.getObject("id", UUID.class),
                        cause(kind, row),
                        row.getInt("copy"),
                        row.getInt("tries"),
                        row.getInt("attempts"),
                        row.getInt("refusals"),
                        row.getTimestamp("due_since").toInstant(),
                        row.getBoolean("read_late"),
                        row.getString("domain"),
                        row.getString("traceparent")),
                row.getBoolean("resent") ? FairQueue.COPIES : kind);
    }

    private static WaitingMail.Cause cause(String kind, ResultSet row) throws SQLException {
        @Nullable MailKind due = MailKind.of(kind).orElse(null);
        return due == null
                ? new WaitingMail.SubscriptionCause(kind)
                : new WaitingMail.RegistrationCause(
                        row.getObject("registration_id", UUID.class), new DueMail(due, row.getString("about")));
    }

    /** Returns the leases that this instance takes. */
    PromptDelivery.Leases leases() {
        return new PromptDelivery.Leases(instance, pace.lease());
    }

    /**
     * Renews the leases of mails that are being sent. A mail whose outcome is being saved needs no renewal.
     *
     * @param over the connection reserved for renewals
     */
    void renew(JdbcClient over, Collection<UUID> mails) {
        over.sql("""
                with held as (
                    select id from mail
                     where id = any(:mails) and leased_by = :instance and state is not distinct from 'waiting'
                     order by id for update skip locked)
                update mail set leased_until = clock_timestamp() + :millis * interval '1 millisecond'
                  from held where mail.id = held.id
                """)
                .param("millis", pace.lease().toMillis())
                .param("mails", mails.toArray(UUID[]::new))
                .param("instance", instance)
                .update();
    }

    /**
     * A mail about to be handed over.
     *
     * @param counted whether its row already counts this try
     */
    record Attempt(WaitingMail mail, boolean counted) {}

    /**
     * A mail whose attempt has begun.
     *
     * @param state of its registration; {@code null} for an announcement
     * @param readAt just before the statement that began the attempt
     */
    record Begun(WaitingMail mail, @Nullable StoredProjection state, ReadAt readAt) {}

    /**
     * Begins an attempt, together with all others that begin while one statement runs: renews the lease for a whole attempt, counts the try
     * and reads the state. Empty if this instance no longer holds the mail.
     */
    Optional<Begun> begin(Attempt attempt) {
        return attempts.apply(attempt);
    }

    private List<Optional<Begun>> beginAll(List<Attempt> all) {
        ReadAt readAt = ReadAt.now(clock.instant());
        Map<UUID, StoredProjection> states = new HashMap<>();
        Set<UUID> begun = new HashSet<>();
        jdbc.sql("""
                with locked as (select id from mail where id = any(:ids) order by id for update),
                asked as (
                    update mail
                       set tries = mail.tries + attempt.more,
                           leased_until = clock_timestamp() + :millis * interval '1 millisecond'
                      from unnest(:ids::uuid[], :tries::integer[], :more::integer[]) as attempt (id, tries, more)
                      join locked using (id)
                     where mail.id = attempt.id and leased_by = :instance and mail.tries = attempt.tries
                       and state is not distinct from 'waiting' and leased_until > clock_timestamp()
                    returning mail.id as mail, mail.registration_id as id, '' as conference)
                """ + ProjectionRepository.OF_ASKED)
                .param("ids", column(all, attempt -> attempt.mail().id(), UUID[]::new))
                .param("tries", column(all, attempt -> attempt.mail().tries(), Integer[]::new))
                .param("more", column(all, attempt -> attempt.counted() ? 0 : 1, Integer[]::new))
                .param("millis", pace.lease().toMillis())
                .param("instance", instance)
                .query(row -> {
                    UUID mail = row.getObject("mail", UUID.class);
                    begun.add(mail);
                    if (row.getObject("id") != null) {
                        states.put(mail, ProjectionRepository.stored(row));
                    }
                });
        return all.stream()
                .map(attempt -> Optional.of(attempt)
                        .filter(one -> begun.contains(one.mail().id()))
                        .map(one -> new Begun(
                                one.counted() ? one.mail() : one.mail().triedOnceMore(),
                                states.get(one.mail().id()),
                                readAt)))
                .toList();
    }

    /** Combines work of many callers: callers that arrive while a run is in progress share the next run. */
    private static final class SharedRuns<E, R> {

        private final Function<List<E>, List<R>> work;
        private final Queue<Caller<E, R>> waiting = new ConcurrentLinkedQueue<>();
        private final ReentrantLock running = new ReentrantLock();

        private record Caller<E, R>(E entry, CompletableFuture<R> result) {}

        SharedRuns(Function<List<E>, List<R>> work) {
            this.work = work;
        }

        R apply(E entry) {
            Caller<E, R> caller = new Caller<>(entry, new CompletableFuture<>());
            waiting.add(caller);
            running.lock();
            try {
                if (!caller.result().isDone()) {
                    run();
                }
            } finally {
                running.unlock();
            }
            return caller.result().join();
        }

        private void run() {
            List<Caller<E, R>> callers = new ArrayList<>();
            for (Caller<E, R> next = waiting.poll(); next != null; next = waiting.poll()) {
                callers.add(next);
            }
            try {
                List<R> results = work.apply(callers.stream().map(Caller::entry).toList());
                for (int i = 0; i < callers.size(); i++) {
                    callers.get(i).result().complete(results.get(i));
                }
            } catch (RuntimeException | Error e) {
                callers.forEach(caller -> caller.result().completeExceptionally(e));
            }
        }
    }

    /** Returns mails to the queue that this instance leased and does not send. */
    void giveBack(Collection<UUID> mails) {
        jdbc.sql("""
                with given as (select id from mail where id = any(:mails) order by id for update)
                update mail set leased_by = null, leased_until = null
                  from given
                 where mail.id = given.id and leased_by = :instance and state is not distinct from 'waiting'
                """)
                .param("mails", mails.toArray(UUID[]::new))
                .param("instance", instance)
                .update();
    }

    /** A mail and its disposition after the current try. */
    record Disposed(WaitingMail mail, Disposition disposition) {}

    /**
     * Saves the dispositions of different mails, if these still wait. The server's acceptance is saved for any instance, because it is true
     * in any case. Every other disposition is saved only for the holder of the lease and its current try, because another instance may be
     * sending the mail. Rows are locked in the order of their ids.
     *
     * @return the ids of the mails that were saved
     */
    Set<UUID> apply(Collection<Disposed> all) {
        return Set.copyOf(jdbc.sql("""
                with outcome as (
                    select *
                      from unnest(:ids::uuid[], :tries::integer[], :states::text[], :nextTries::text[], :attempts::integer[],
                                  :refusals::integer[], :reasons::text[], :answers::text[], :recipients::text[],
                                  :subjects::text[], :bodies::bytea[])
                           as outcome (id, tries, state, next_try_at, attempts, refusals, reason, answer, recipient, subject,
                                       bodies)),
                locked as (select id from mail where id = any(:ids) order by id for update)
                update mail
                   set state = outcome.state, state_since = case when outcome.state = 'waiting' then state_since else :now end,
                       next_try_at = coalesce(outcome.next_try_at::timestamptz, mail.next_try_at),
                       attempts = mail.attempts + outcome.attempts, refusals = mail.refusals + outcome.refusals,
                       reason = outcome.reason, last_answer = coalesce(outcome.answer, last_answer),
                       recipient = coalesce(outcome.recipient, mail.recipient),
                       subject = coalesce(outcome.subject, mail.subject), bodies = coalesce(outcome.bodies, mail.bodies),
                       leased_by = null, leased_until = null
                  from outcome join locked using (id)
                 where mail.id = outcome.id and mail.state is not distinct from 'waiting'
                   and (outcome.state = 'sent' or (leased_by = :instance and mail.tries = outcome.tries))
                returning mail.id
                """)
                .param("ids", column(all, each -> each.mail().id(), UUID[]::new))
                .param("tries", column(all, each -> each.mail().tries(), Integer[]::new))
                .param("states", column(all, each -> each.disposition().state().wireName(), String[]::new))
                .param("nextTries", column(all, each -> text(each.disposition().nextAttemptAt()), String[]::new))
                .param("attempts", column(all, each -> each.disposition().attempts(), Integer[]::new))
                .param("refusals", column(all, each -> each.disposition().refusals(), Integer[]::new))
                .param("reasons", column(all, each -> each.disposition().reason(), String[]::new))
                .param("answers", column(all, each -> each.disposition().answer(), String[]::new))
                .param("recipients", content(all, Disposition.Content::recipient, String[]::new))
                .param("subjects", content(all, Disposition.Content::subject, String[]::new))
                .param("bodies", content(all, MailQueue::bodies, byte[][]::new))
                .param("now", Timestamp.from(clock.instant()))
                .param("instance", instance)
                .query((row, _) -> row.getObject("id", UUID.class))
                .list());
    }

    private static <E, T> T[] column(Collection<E> all, Function<E, @Nullable T> value, IntFunction<T[]> array) {
        return all.stream().map(value).toArray(array);
    }

    private static <T> T[] content(
            Collection<Disposed> all, Function<Disposition.Content, @Nullable T> value, IntFunction<T[]> array) {
        return column(
                all,
                each -> each.disposition().content() == null
                        ? null
                        : value.apply(each.disposition().content()),
                array);
    }

    private static byte @Nullable [] bodies(Disposition.Content content) {
        return content.text() == null || content.html() == null
                ? null
                : new KeptBodies(content.text(), content.html()).compressed();
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    /**
     * The mails of a registration as the next events report them.
     *
     * @param sequence of the last of these events
     */
    record Reported(UUID registration, long sequence, List<MailEvent.Mail> mails) {}

    /**
     * Takes the next sequence numbers of the events about registrations' mails, and reads the mails to report: all except superseded ones
     * and announcements, oldest first.
     *
     * @param events the number of events per registration
     * @param begin the lowest sequence of the current incarnation of the database
     */
    List<Reported> report(Map<UUID, Integer> events, long begin) {
        return jdbc.sql("""
                update projection set mail_sequence = greatest(mail_sequence, :begin) + events.count
                  from unnest(:registrations::uuid[], :counts::integer[]) as events (id, count)
                 where projection.id = events.id
                returning projection.id, mail_sequence,
                          (select json_agg(json_build_object('id', id, 'kind', kind, 'state', state, 'at', state_since,
                                                             'about', about, 'copy', copy) order by created_at, id)
                             from mail
                            where registration_id = projection.id and announcement_id is null and state <> 'superseded')
                          as mails
                """)
                .param("begin", begin)
                .param("registrations", events.keySet().toArray(UUID[]::new))
                .param("counts", events.values().toArray(Integer[]::new))
                .query((row, _) -> new Reported(
                        row.getObject("id", UUID.class),
                        row.getLong("mail_sequence"),
                        List.of(JSON.readValue(row.getString("mails"), MailEvent.Mail[].class))))
                .list();
    }

    /** Returns the time that decides whether mails are due, from the machine's clock. */
    Instant now() {
        return clock.instant();
    }

    private Timestamp timestamp() {
        return Timestamp.from(clock.instant());
    }
}
