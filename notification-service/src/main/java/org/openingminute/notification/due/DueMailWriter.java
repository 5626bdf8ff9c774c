package org.openingminute.notification.due;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.due.PromptDelivery.NewMail;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Inserts the rows of due mails, and supersedes those whose state has passed. */
@Repository
class DueMailWriter {

    private final JdbcClient jdbc;

    DueMailWriter(JdbcClient jdbc) {
        this.jdbc = jdbc;
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
