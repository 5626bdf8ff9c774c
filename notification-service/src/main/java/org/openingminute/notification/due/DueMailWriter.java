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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.runtime.Ids;
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
    private final Ids ids;
    private final boolean limited;

    DueMailWriter(JdbcClient jdbc, AccessTokens tokens, Ids ids, NotificationServiceSettings settings) {
        this.jdbc = jdbc;
        this.tokens = tokens;
        this.ids = ids;
        this.limited = settings.limited();
    }

    /**
     * When a mailbox got mails about unpaid registrations, or will get them. For one transaction, which has its row.
     *
     * @param times the last ten, the earliest first
     */
    private record Brake(List<Instant> times, AtomicReference<@Nullable UUID> gathering) {

        /** When it may get the next one: three in an hour and ten in a day. */
        Instant next(Instant now) {
            Instant next = now;
            if (times.size() >= IN_AN_HOUR) {
                next = later(next, times.get(times.size() - IN_AN_HOUR).plus(Duration.ofHours(1)));
            }
            if (times.size() >= IN_A_DAY) {
                next = later(next, times.get(times.size() - IN_A_DAY).plus(Duration.ofDays(1)));
            }
            return next;
        }

        private static Instant later(Instant one, Instant other) {
            return one.isAfter(other) ? one : other;
        }
    }

    /**
     * A mail that is not sent alone.
     *
     * @param in the one mail for many of its mailbox
     * @param at when that is due; {@code null} if it waits already
     */
    private record GatheredMail(
            NewMail mail, UUID in, @Nullable Instant at) {}

    /**
     * Keeps back what a mailbox would get too much of, since anybody can type another person's address: the mails above three in
     * an hour and ten in a day about unpaid registrations become parts of one mail, which is due when there may be another.
     *
     * @return the mails that are sent alone
     */
    List<NewMail> throttle(List<NewMail> mails, Instant now) {
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
        Map<UUID, Brake> brakes = lockBrakes(mailboxes, now);
        List<NewMail> alone = new ArrayList<>();
        List<GatheredMail> gathered = new ArrayList<>();
        for (NewMail mail : mails) {
            @Nullable Brake brake = mail.unpaid() ? brakes.get(mailbox(mail)) : null;
            Instant next = brake == null ? now : brake.next(now);
            if (next.isAfter(now)) {
                gathered.add(gather(mail, requireNonNull(brake), next));
            } else {
                alone.add(mail);
                if (brake != null) {
                    brake.times().add(now);
                }
            }
        }
        saveBrakes(mailboxes, brakes, now);
        if (!gathered.isEmpty()) {
            saveGathered(gathered, now);
        }
        return alone;
    }

    private GatheredMail gather(NewMail mail, Brake brake, Instant next) {
        @Nullable UUID waiting = brake.gathering().get();
        if (waiting != null) {
            return new GatheredMail(mail, waiting, null);
        }
        UUID in = ids.next();
        brake.gathering().set(in);
        brake.times().add(next);
        return new GatheredMail(mail, in, next);
    }

    private UUID mailbox(NewMail mail) {
        return tokens.pseudonym("unpaid-mails", AddressForm.unlabelled(mail.recipient()));
    }

    private Map<UUID, Brake> lockBrakes(UUID[] mailboxes, Instant now) {
        Map<UUID, Brake> brakes = new HashMap<>();
        jdbc.sql("""
                insert into unpaid_brake (mailbox, mailed_at, last_at)
                select mailbox, '{}', :now::timestamptz from unnest(:mailboxes::uuid[]) as m (mailbox) order by mailbox
                on conflict (mailbox) do update set last_at = excluded.last_at
                returning mailbox, mailed_at, gathering
                """)
                .param("mailboxes", mailboxes)
                .param("now", Timestamp.from(now))
                .query(row -> {
                    List<Instant> times = new ArrayList<>();
                    for (Timestamp at : (Timestamp[]) row.getArray("mailed_at").getArray()) {
                        times.add(at.toInstant());
                    }
                    brakes.put(
                            row.getObject("mailbox", UUID.class),
                            new Brake(times, new AtomicReference<>(row.getObject("gathering", UUID.class))));
                });
        UUID[] gathering = brakes.values().stream()
                .map(brake -> brake.gathering().get())
                .filter(Objects::nonNull)
                .sorted()
                .toArray(UUID[]::new);
        // One that is being sent takes no more parts.
        Set<UUID> waiting = gathering.length == 0
                ? Set.of()
                : Set.copyOf(jdbc.sql("""
                        select id from mail
                         where id = any(:mails) and state is not distinct from 'waiting' and leased_by is null
                         order by id for update
                        """)
                        .param("mails", gathering)
                        .query((row, _) -> row.getObject("id", UUID.class))
                        .list());
        brakes.values()
                .forEach(brake ->
                        brake.gathering().updateAndGet(mail -> mail != null && waiting.contains(mail) ? mail : null));
        return brakes;
    }

    private void saveBrakes(UUID[] mailboxes, Map<UUID, Brake> brakes, Instant now) {
        List<Brake> rows = Arrays.stream(mailboxes)
                .map(mailbox -> requireNonNull(brakes.get(mailbox), "each mailbox has its row"))
                .toList();
        jdbc.sql("""
                update unpaid_brake b set mailed_at = w.mailed_at::timestamptz[], gathering = w.gathering, last_at = :now
                  from unnest(:mailboxes::uuid[], :times::text[], :gathering::uuid[]) as w (mailbox, mailed_at, gathering)
                 where b.mailbox = w.mailbox
                """)
                .param("mailboxes", mailboxes)
                .param("times", rows.stream().map(DueMailWriter::lastTimes).toArray(String[]::new))
                .param(
                        "gathering",
                        rows.stream().map(brake -> brake.gathering().get()).toArray(UUID[]::new))
                .param("now", Timestamp.from(now))
                .update();
    }

    private static String lastTimes(Brake brake) {
        List<Instant> times = brake.times();
        return times.subList(Math.max(0, times.size() - IN_A_DAY), times.size()).stream()
                .map(Instant::toString)
                .collect(Collectors.joining(",", "{", "}"));
    }

    private void saveGathered(List<GatheredMail> gathered, Instant now) {
        List<GatheredMail> first =
                gathered.stream().filter(one -> one.at() != null).toList();
        jdbc.sql("""
                with several as (
                    insert into mail (id, kind, recipient, due_since, next_try_at, created_at, state_since)
                    select id, :kind, recipient, at::timestamptz, at::timestamptz, :now::timestamptz, :now::timestamptz
                      from unnest(:several::uuid[], :recipients::text[], :at::text[]) as s (id, recipient, at)),
                part as (
                    insert into mail_part (mail_id, registration_id, added_at)
                    select distinct mail_id, registration_id, :now::timestamptz
                      from unnest(:in::uuid[], :registrations::uuid[]) as p (mail_id, registration_id)
                    on conflict do nothing)
                insert into mail (id, registration_id, kind, about, recipient, due_since, next_try_at, created_at, state_since,
                                  state, reason)
                select id, registration_id, kind, about, recipient, :now::timestamptz, :now::timestamptz, :now::timestamptz,
                       :now::timestamptz, 'superseded', 'it is part of one mail for several registrations'
                  from unnest(:ids::uuid[], :registrations::uuid[], :kinds::text[], :abouts::text[], :partRecipients::text[])
                       as m (id, registration_id, kind, about, recipient)
                on conflict (registration_id, kind, about, copy) do nothing
                """)
                .param("kind", MailKind.SEVERAL_UNPAID)
                .param("several", first.stream().map(GatheredMail::in).toArray(UUID[]::new))
                .param(
                        "recipients",
                        first.stream().map(one -> one.mail().recipient()).toArray(String[]::new))
                .param("at", first.stream().map(one -> String.valueOf(one.at())).toArray(String[]::new))
                .param("in", gathered.stream().map(GatheredMail::in).toArray(UUID[]::new))
                .param(
                        "ids",
                        gathered.stream().map(one -> one.mail().mail().id()).toArray(UUID[]::new))
                .param(
                        "registrations",
                        gathered.stream().map(one -> one.mail().registration()).toArray(UUID[]::new))
                .param(
                        "kinds",
                        gathered.stream().map(one -> one.mail().mail().kind()).toArray(String[]::new))
                .param(
                        "abouts",
                        gathered.stream().map(one -> one.mail().mail().about()).toArray(String[]::new))
                .param(
                        "partRecipients",
                        gathered.stream().map(one -> one.mail().recipient()).toArray(String[]::new))
                .param("now", Timestamp.from(now))
                .update();
    }

    /** Deletes what no longer keeps a mail back, and what is no longer part of one. */
    @Scheduled(fixedDelay = 600_000, initialDelay = 150_000)
    void forgetOld() {
        forget("unpaid_brake", "last_at");
        forget("mail_part", "added_at");
    }

    private void forget(String table, String at) {
        String sql = """
                delete from %1$s
                 where ctid = any (array(select ctid from %1$s where %2$s < statement_timestamp() - interval '8 days' limit :most))
                   and %2$s < statement_timestamp() - interval '8 days'
                """.formatted(table, at);
        Steps.repeat(most -> jdbc.sql(sql).param("most", most).update());
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
