package org.openingminute.notification.due;

import static java.util.Objects.requireNonNull;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
import org.openingminute.kit.runtime.BatchedMaintenance;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.due.PromptDelivery.NewMail;
import org.openingminute.notification.ops.HeldBackMails;
import org.openingminute.notification.projection.StoredProjection;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/** Inserts the rows of due mails, supersedes mails whose state has passed, and combines mails that exceed a mailbox's limit. */
@Repository
class DueMailWriter {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final JdbcClient jdbc;
    private final AccessTokens tokens;
    private final Ids ids;
    private final boolean limited;
    private final NotificationServiceSettings.Mails allowed;
    private final HeldBackMails heldBack;

    DueMailWriter(
            JdbcClient jdbc,
            AccessTokens tokens,
            Ids ids,
            NotificationServiceSettings settings,
            HeldBackMails heldBack) {
        this.jdbc = jdbc;
        this.tokens = tokens;
        this.ids = ids;
        this.limited = settings.limited();
        this.allowed = settings.mails();
        this.heldBack = heldBack;
    }

    /**
     * The mails about unpaid registrations that a mailbox got, or will get, within a day. Used in one transaction, which has locked the
     * mailbox's row.
     *
     * @param times the earliest first
     */
    record MailboxLimit(NotificationServiceSettings.Mails allowed, List<Instant> times) {

        /** Returns when the mailbox may get the next mail. */
        Instant next(Instant now) {
            return later(freeAgain(now, allowed.unpaidPerHour(), HOUR), freeAgain(now, allowed.unpaidPerDay(), DAY));
        }

        /** Returns when fewer than {@code most} mails lie within a period. */
        private Instant freeAgain(Instant now, int most, Duration within) {
            return times.size() < most
                    ? now
                    : later(now, times.get(times.size() - most).plus(within));
        }

        /** Whether one mail above the limit may be sent: the combined mail, which must arrive before a hold ends. */
        boolean allowsOneMore(Instant at) {
            return count(at, HOUR) <= allowed.unpaidPerHour() && count(at, DAY) <= allowed.unpaidPerDay();
        }

        private long count(Instant until, Duration within) {
            return times.stream()
                    .filter(at -> !at.isAfter(until) && at.isAfter(until.minus(within)))
                    .count();
        }

        void add(Instant at) {
            times.add(at);
            times.sort(Comparator.naturalOrder());
        }

        private static Instant later(Instant one, Instant other) {
            return one.isAfter(other) ? one : other;
        }
    }

    /**
     * The combined mail for several registrations of an address.
     *
     * @param at when it is due
     */
    private record CombinedMail(UUID id, String recipient, Instant at) {}

    /**
     * A mail that is not sent separately.
     *
     * @param in the combined mail; {@code null} if the mail is not sent at all
     */
    private record Part(NewMail mail, @Nullable CombinedMail in) {}

    /**
     * Limits the mails about unpaid registrations per mailbox, because anybody can type another person's address. Mails above the limits
     * per hour and per day become parts of a combined mail. It is due when the mailbox may get another mail or, once per hour and per day,
     * earlier while a hold of its registrations can still be extended. Links open registrations, so each address gets a combined mail of
     * its own, even if several addresses lead to the same mailbox. A mail that cannot be sent within a day is dropped, because a mailbox
     * can have any number of addresses.
     *
     * @return the mails that are sent separately
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
        Map<UUID, MailboxLimit> limits = lockLimits(mailboxes, now);
        List<NewMail> alone = new ArrayList<>();
        List<NewMail> kept = new ArrayList<>();
        for (NewMail mail : mails) {
            @Nullable MailboxLimit limit = mail.unpaid() ? limits.get(mailbox(mail)) : null;
            if (limit != null && limit.next(now).isAfter(now)) {
                kept.add(mail);
            } else {
                alone.add(mail);
                if (limit != null) {
                    limit.add(now);
                }
            }
        }
        if (!kept.isEmpty()) {
            gather(kept, limits, now);
            heldBack.countAfterCommit(HeldBackMails.Reason.UNPAID, kept.size());
        }
        saveLimits(mailboxes, limits, now);
        return alone;
    }

    private void gather(List<NewMail> kept, Map<UUID, MailboxLimit> limits, Instant now) {
        Map<String, CombinedMail> waiting = lockWaiting(kept);
        List<Part> parts = new ArrayList<>();
        for (NewMail mail : kept) {
            MailboxLimit limit = requireNonNull(limits.get(mailbox(mail)), "each mailbox has its row");
            @Nullable CombinedMail in = waiting.get(address(mail.recipient()));
            Instant next = next(mail, limit, now);
            if (in == null ? !next.isAfter(now.plus(DAY)) : next.isBefore(in.at())) {
                if (in != null) {
                    limit.times().remove(in.at());
                }
                limit.add(next);
                in = new CombinedMail(in == null ? ids.next() : in.id(), mail.recipient(), next);
                waiting.put(address(mail.recipient()), in);
            }
            parts.add(new Part(mail, in));
        }
        saveParts(parts, waiting.values(), now);
    }

    /**
     * Returns when the combined mail with this mail may be sent: if possible a third of the way to the end of the hold, so that the reader
     * has twice as long to react as others have to join.
     */
    private static Instant next(NewMail mail, MailboxLimit limit, Instant now) {
        Instant next = limit.next(now);
        @Nullable Instant end = mail.openBy();
        if (end == null || !end.isAfter(now)) {
            return next;
        }
        Instant early = now.plus(Duration.between(now, end).dividedBy(3));
        return early.isBefore(next) && limit.allowsOneMore(early) ? early : next;
    }

    private UUID mailbox(NewMail mail) {
        return tokens.pseudonym("unpaid-mails", AddressForm.unlabelled(mail.recipient()));
    }

    private static String address(String recipient) {
        return recipient.toLowerCase(Locale.ROOT);
    }

    private Map<UUID, MailboxLimit> lockLimits(UUID[] mailboxes, Instant now) {
        Map<UUID, MailboxLimit> limits = new HashMap<>();
        jdbc.sql("""
                insert into unpaid_brake (mailbox, mailed_at, last_at)
                select mailbox, '{}', :now::timestamptz from unnest(:mailboxes::uuid[]) as m (mailbox) order by mailbox
                on conflict (mailbox) do update set last_at = excluded.last_at
                returning mailbox, mailed_at
                """)
                .param("mailboxes", mailboxes)
                .param("now", Timestamp.from(now))
                .query(row -> {
                    List<Instant> times = new ArrayList<>();
                    for (Timestamp at : (Timestamp[]) row.getArray("mailed_at").getArray()) {
                        times.add(at.toInstant());
                    }
                    limits.put(row.getObject("mailbox", UUID.class), new MailboxLimit(allowed, times));
                });
        return limits;
    }

    /** Locks and returns the combined mails that can take more parts, by address. A mail that is being sent takes none. */
    private Map<String, CombinedMail> lockWaiting(List<NewMail> mails) {
        Map<String, CombinedMail> waiting = new HashMap<>();
        jdbc.sql("""
                select id, recipient, next_try_at from mail
                 where kind = :kind and lower(recipient) = any(:addresses) and state = 'waiting' and leased_by is null
                 order by id for update
                """)
                .param("kind", MailKind.SEVERAL_UNPAID)
                .param(
                        "addresses",
                        mails.stream()
                                .map(mail -> address(mail.recipient()))
                                .distinct()
                                .toArray(String[]::new))
                .query((RowCallbackHandler) row -> waiting.put(
                        address(row.getString("recipient")),
                        new CombinedMail(
                                row.getObject("id", UUID.class),
                                row.getString("recipient"),
                                row.getTimestamp("next_try_at").toInstant())));
        return waiting;
    }

    private void saveLimits(UUID[] mailboxes, Map<UUID, MailboxLimit> limits, Instant now) {
        jdbc.sql("""
                update unpaid_brake b set mailed_at = w.mailed_at::timestamptz[], last_at = :now
                  from unnest(:mailboxes::uuid[], :times::text[]) as w (mailbox, mailed_at)
                 where b.mailbox = w.mailbox
                """)
                .param("mailboxes", mailboxes)
                .param(
                        "times",
                        Arrays.stream(mailboxes)
                                .map(mailbox -> requireNonNull(limits.get(mailbox), "each mailbox has its row"))
                                .map(limit -> lastTimes(limit, now))
                                .toArray(String[]::new))
                .param("now", Timestamp.from(now))
                .update();
    }

    private static String lastTimes(MailboxLimit limit, Instant now) {
        return limit.times().stream()
                .filter(at -> at.isAfter(now.minus(DAY)))
                .map(Instant::toString)
                .collect(Collectors.joining(",", "{", "}"));
    }

    private void saveParts(List<Part> parts, Collection<CombinedMail> mails, Instant now) {
        jdbc.sql("""
                with several as (
                    insert into mail (id, kind, recipient, due_since, next_try_at, created_at, state_since)
                    select id, :kind, recipient, at::timestamptz, at::timestamptz, :now::timestamptz, :now::timestamptz
                      from unnest(:several::uuid[], :recipients::text[], :at::text[]) as s (id, recipient, at)
                    on conflict (id) do update
                       set due_since = excluded.due_since, next_try_at = excluded.next_try_at
                     where mail.next_try_at > excluded.next_try_at),
                part as (
                    insert into mail_part (mail_id, registration_id, added_at)
                    select distinct mail_id, registration_id, :now::timestamptz
                      from unnest(:in::uuid[], :registrations::uuid[]) as p (mail_id, registration_id)
                     where mail_id is not null
                    on conflict do nothing)
                insert into mail (id, registration_id, kind, about, recipient, due_since, next_try_at, created_at, state_since,
                                  state, reason)
                select id, registration_id, kind, about, recipient, :now::timestamptz, :now::timestamptz, :now::timestamptz,
                       :now::timestamptz, 'superseded',
                       case when mail_id is null then 'its mailbox would get too many' else :told end
                  from unnest(:ids::uuid[], :registrations::uuid[], :kinds::text[], :abouts::text[], :partRecipients::text[],
                              :in::uuid[]) as m (id, registration_id, kind, about, recipient, mail_id)
                on conflict (registration_id, kind, about, copy) do update
                   set reason = excluded.reason, state_since = excluded.state_since
                 where mail.state = 'superseded'
                """)
                .param("kind", MailKind.SEVERAL_UNPAID)
                .param("told", StoredProjection.StoredMail.COMBINED_REASON)
                .param("several", column(mails, CombinedMail::id, UUID[]::new))
                .param("recipients", column(mails, CombinedMail::recipient, String[]::new))
                .param("at", column(mails, mail -> mail.at().toString(), String[]::new))
                .param(
                        "in",
                        column(
                                parts,
                                part -> part.in() == null ? null : part.in().id(),
                                UUID[]::new))
                .param("ids", column(parts, part -> part.mail().mail().id(), UUID[]::new))
                .param("registrations", column(parts, part -> part.mail().registration(), UUID[]::new))
                .param("kinds", column(parts, part -> part.mail().mail().kind(), String[]::new))
                .param("abouts", column(parts, part -> part.mail().mail().about(), String[]::new))
                .param("partRecipients", column(parts, part -> part.mail().recipient(), String[]::new))
                .param("now", Timestamp.from(now))
                .update();
    }

    /** Deletes the records that no longer limit any mail, and parts of combined mails that are no longer needed. */
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
        BatchedMaintenance.repeat(most -> jdbc.sql(sql).param("most", most).update());
    }

    /**
     * Inserts mails. A mail whose state had passed before becomes waiting again in its existing row, without a lease.
     *
     * @param prompt the ids of the mails that this instance sends at once
     * @return the ids of the mails inserted under this instance's lease
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

    private static <R, T> T[] column(Collection<R> rows, Function<R, @Nullable T> value, IntFunction<T[]> array) {
        return rows.stream().map(value).toArray(array);
    }

    /** Supersedes waiting mails, unless an instance has begun to send them. */
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
