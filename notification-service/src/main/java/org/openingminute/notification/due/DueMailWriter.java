package org.openingminute.notification.due;

import static java.util.Objects.requireNonNull;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.runtime.Steps;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.due.PromptDelivery.NewMail;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/** Inserts the rows of due mails, and supersedes those whose state has passed. */
@Repository
class DueMailWriter {

    private static final int IN_AN_HOUR = 3;
    private static final int IN_A_DAY = 10;

    private final JdbcClient jdbc;
    private final AccessTokens tokens;
    private final boolean limited;

    DueMailWriter(JdbcClient jdbc, AccessTokens tokens, NotificationServiceSettings settings) {
        this.jdbc = jdbc;
        this.tokens = tokens;
        this.limited = settings.limited();
    }

    /**
     * The same mails, of which those about unpaid registrations are due so late that no mailbox gets more than three of them in an
     * hour and ten in a day: anybody can type another person's address. Most of those that wait are superseded, because a hold ends.
     */
    List<NewMail> throttled(List<NewMail> mails, Instant now) {
        UUID[] mailboxes = limited
                ? mails.stream()
                        .filter(NewMail::unpaid)
                        .map(this::mailbox)
                        .distinct()
                        .sorted()
                        .toArray(UUID[]::new)
                : new UUID[0];
        if (mailboxes.length == 0) {
            return mails;
        }
        Map<UUID, List<Instant>> times = lockTimes(mailboxes, now);
        List<NewMail> throttled = mails.stream()
                .map(mail -> mail.unpaid()
                        ? mail.dueAt(next(times.get(mailbox(mail)), mail.mail().dueAt(), now))
                        : mail)
                .toList();
        saveTimes(mailboxes, times, now);
        return throttled;
    }

    private UUID mailbox(NewMail mail) {
        return tokens.pseudonym("unpaid-mails", AddressForm.unlabelled(mail.recipient()));
    }

    /** Adds the next time at which a mailbox may get such a mail to the times before it. */
    private static Instant next(@Nullable List<Instant> before, Instant dueAt, Instant now) {
        List<Instant> times = requireNonNull(before, "each mailbox has its row");
        Instant next = dueAt;
        int count = times.size();
        if (count >= IN_AN_HOUR) {
            next = later(next, times.get(count - IN_AN_HOUR).plus(Duration.ofHours(1)));
        }
        if (count >= IN_A_DAY) {
            next = later(next, times.get(count - IN_A_DAY).plus(Duration.ofDays(1)));
        }
        times.add(later(next, now));
        return next;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private Map<UUID, List<Instant>> lockTimes(UUID[] mailboxes, Instant now) {
        Map<UUID, List<Instant>> times = new HashMap<>();
        jdbc.sql("""
                insert into unpaid_brake (mailbox, mailed_at, last_at)
                select mailbox, '{}', :now::timestamptz from unnest(:mailboxes::uuid[]) as m (mailbox) order by mailbox
                on conflict (mailbox) do update set last_at = excluded.last_at
                returning mailbox, mailed_at
                """)
                .param("mailboxes", mailboxes)
                .param("now", Timestamp.from(now))
                .query(row -> {
                    List<Instant> of = new ArrayList<>();
                    for (Timestamp at : (Timestamp[]) row.getArray("mailed_at").getArray()) {
                        of.add(at.toInstant());
                    }
                    times.put(row.getObject("mailbox", UUID.class), of);
                });
        return times;
    }

    private void saveTimes(UUID[] mailboxes, Map<UUID, List<Instant>> times, Instant now) {
        jdbc.sql("""
                update unpaid_brake b set mailed_at = w.mailed_at::timestamptz[], last_at = :now
                  from unnest(:mailboxes::uuid[], :times::text[]) as w (mailbox, mailed_at)
                 where b.mailbox = w.mailbox
                """)
                .param("mailboxes", mailboxes)
                .param(
                        "times",
                        Arrays.stream(mailboxes)
                                .map(mailbox -> requireNonNull(times.get(mailbox), "each mailbox has its row"))
                                .map(of -> of.subList(Math.max(0, of.size() - IN_A_DAY), of.size()))
                                .map(of ->
                                        of.stream().map(Instant::toString).collect(Collectors.joining(",", "{", "}")))
                                .toArray(String[]::new))
                .param("now", Timestamp.from(now))
                .update();
    }

    /** Deletes what no longer keeps a mail back. */
    @Scheduled(fixedDelay = 600_000, initialDelay = 150_000)
    void forgetOldTimes() {
        Steps.repeat(most -> jdbc.sql("""
                delete from unpaid_brake
                 where ctid = any (array(select ctid from unpaid_brake
                                          where last_at < statement_timestamp() - interval '8 days' limit :most))
                   and last_at < statement_timestamp() - interval '8 days'
                """).param("most", most).update());
    }

    /**
     * Inserts mails. One whose state had passed waits again in the row that it had, and is nobody's.
     *
     * @param prompt the ids of those that this instance sends at once
     * @return the ids of those that are inserted under its lease
     */
    Set<UUID> insert(List<NewMail> mails, Set<UUID> prompt, PromptDelivery.Leases leases, Instant now) {
        if (mails.isEmpty()) {
            return Set.of();
        }
        return jdbc
                .sql("""
                insert into mail (id, registration_id, kind, about, recipient, due_since, next_try_at, created_at, state_since,
                                  read_late, traceparent, leased_by, leased_until, tries)
                select id, registration, kind, about, recipient, due_at::timestamptz, due_at::timestamptz, since::timestamptz,
                       :now, late, traceparent, case when prompt then :instance::uuid end,
                       case when prompt then clock_timestamp() + :millis * interval '1 millisecond' end, prompt::integer
                  from unnest(:ids::uuid[], :registrations::uuid[], :kinds::text[], :abouts::text[], :recipients::text[],
                              :dueAt::text[], :since::text[], :late::boolean[], :traceparents::text[], :prompt::boolean[])
                       as new (id, registration, kind, about, recipient, due_at, since, late, traceparent, prompt)
                on conflict (registration_id, kind, about, copy) do update
                   set state = 'waiting', due_since = excluded.due_since, next_try_at = excluded.next_try_at,
                       state_since = excluded.state_since, reason = null, read_late = excluded.read_late,
                       traceparent = excluded.traceparent, attempts = 0, refusals = 0, requested_by = null
                 where mail.state = 'superseded'
                returning id, leased_by is not null as leased
                """)
                .param("ids", column(mails, each -> each.mail().id(), UUID[]::new))
                .param("registrations", column(mails, NewMail::registration, UUID[]::new))
                .param("kinds", column(mails, each -> each.mail().kind(), String[]::new))
                .param("abouts", column(mails, each -> each.mail().about(), String[]::new))
                .param("recipients", column(mails, NewMail::recipient, String[]::new))
                .param("dueAt", column(mails, each -> each.mail().dueAt().toString(), String[]::new))
                .param("since", column(mails, each -> each.mail().since().toString(), String[]::new))
                .param("late", column(mails, each -> each.mail().readLate(), Boolean[]::new))
                .param("traceparents", column(mails, each -> each.mail().traceparent(), String[]::new))
                .param(
                        "prompt",
                        column(mails, each -> prompt.contains(each.mail().id()), Boolean[]::new))
                .param("instance", leases.instance())
                .param("millis", leases.time().toMillis())
                .param("now", Timestamp.from(now))
                .query((row, _) -> row.getBoolean("leased") ? row.getObject("id", UUID.class) : null)
                .list()
                .stream()
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    private static <T> T[] column(List<NewMail> mails, Function<NewMail, @Nullable T> value, IntFunction<T[]> array) {
        return mails.stream().map(value).toArray(array);
    }

    /** Supersedes waiting mails, unless an instance has begun to send them meanwhile. */
    void supersede(Stream<UUID> mails, Instant now) {
        UUID[] ids = mails.sorted().toArray(UUID[]::new);
        if (ids.length == 0) {
            return;
        }
        jdbc.sql("""
                update mail
                   set state = 'superseded', state_since = :now, reason = 'what it was about has passed'
                 where id = any(:ids) and state = 'waiting' and leased_by is null
                """).param("now", Timestamp.from(now)).param("ids", ids).update();
    }
}
