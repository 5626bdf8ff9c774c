package org.openingminute.payment.reconciliation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.openingminute.messaging.Browse;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.reconciliation.Comparison.Difference;
import org.openingminute.payment.reconciliation.Comparison.OurPayment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads what is compared, and stores the differences found last. */
@Component
final class ReconciliationRepository {

    private static final Duration WHOLE_EVERY = Duration.ofHours(1);
    private static final Duration LEASE = Duration.ofMinutes(10);
    /** The same condition as in the view {@code books_differing}. */
    private static final int REPORTED_AT = 3;

    static final int SOME = 1_000;

    /** One statement for this many takes a few hundred milliseconds. */
    static final int PAGE = 1_000;

    static final String CHANGED_SINCE = """
            select registration_id from payment where changed_at >= :since
             union
            select registration_id from ledger where posted_at >= :since
            """;

    private final JdbcClient jdbc;

    ReconciliationRepository(@Browse JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A due check that this instance has claimed.
     *
     * @param whole whether to check all payments
     */
    record Turn(boolean whole) {}

    /** Claims a due check for the duration of the lease; no other instance can claim it meanwhile. */
    Optional<Turn> claim(Instant now) {
        return jdbc.sql("""
                update books_check set next_at = :lease where next_at <= :now returning whole_at <= :long_ago as whole
                """)
                .param("now", utc(now))
                .param("lease", utc(now.plus(LEASE)))
                .param("long_ago", utc(now.minus(WHOLE_EVERY)))
                .query((row, _) -> new Turn(row.getBoolean("whole")))
                .optional();
    }

    /** Records that a check is complete. */
    void checked(Turn turn, Instant now) {
        jdbc.sql("update books_check set checked_at = :now, whole_at = case when :whole then :now else whole_at end")
                .param("now", utc(now))
                .param("whole", turn.whole())
                .update();
    }

    void nextTurn(Instant at) {
        jdbc.sql("update books_check set next_at = ?").param(utc(at)).update();
    }

    /** Returns differences between the ledger and the state of payments that changed at this instant or later; at most {@link #SOME}. */
    List<Difference> ledgerAgainstState(Instant since) {
        return ledgerAgainstState(CHANGED_SINCE, "true", Map.of("since", utc(since)));
    }

    /** Returns these differences for all payments. */
    List<Difference> ledgerAgainstState() {
        return ofAll(page -> ledgerAgainstState("select unnest(:page)", "true", Map.of("page", page)));
    }

    /**
     * Compares all payments page by page, because one statement for all would exceed its time limit. Returns at most {@link #SOME}
     * differences.
     */
    private List<Difference> ofAll(Function<UUID[], List<Difference>> compare) {
        List<Difference> found = new ArrayList<>();
        List<UUID> page = page(new UUID(0, 0));
        while (!page.isEmpty() && found.size() < SOME) {
            found.addAll(compare.apply(page.toArray(UUID[]::new)));
            page = page(page.getLast());
        }
        return found.subList(0, Math.min(found.size(), SOME));
    }

    /** Returns the next registrations in the order of their ids. */
    private List<UUID> page(UUID after) {
        return jdbc.sql("""
                (select registration_id from payment where registration_id > :after order by registration_id limit :page)
                 union
                (select distinct registration_id from ledger where registration_id > :after order by registration_id limit :page)
                 order by registration_id limit :page
                """)
                .param("after", after)
                .param("page", PAGE)
                .query((row, _) -> row.getObject("registration_id", UUID.class))
                .list();
    }

    /** Returns these differences for postings named as in {@link Difference#about}. */
    List<Difference> ledgerAgainstState(List<String> named) {
        return named.isEmpty()
                ? List.of()
                : ledgerAgainstState(
                        "select registration_id from books_difference where about = any(:named)",
                        "'ledger ' || act || ' ' || about = any(:named)",
                        Map.of("named", named.toArray(String[]::new)));
    }

    private List<Difference> ledgerAgainstState(String registrations, String which, Map<String, Object> parameters) {
        return jdbc.sql(comparedLedger(registrations, which))
                .params(parameters)
                .param("some", SOME)
                .query((row, _) -> new Difference(
                        "ledger " + row.getString("act") + " " + row.getString("about"),
                        row.getObject("registration_id", UUID.class),
                        row.getString("what")))
                .list();
    }

    /**
     * Looks up each movement of the state individually, behind "offset 0": the planner overestimates the number of movements in the
     * documents a hundredfold, and would otherwise read the whole ledger for a few payments.
     */
    static String comparedLedger(String registrations, String which) {
        return """
                with compared (registration_id) as (%s), differing as (
                select s.registration_id, s.act, s.about,
                       case when l.amount is null then 'the ledger has no posting'
                            else format('the ledger has %%s %%s, the state %%s %%s', l.amount, l.currency, s.amount, s.currency)
                        end as what
                  from compared join books_by_state s using (registration_id)
                       left join lateral (
                            select amount, currency from books_by_ledger posted
                             where posted.registration_id = s.registration_id and posted.about = s.about and posted.act = s.act
                            offset 0) as l on true
                 where l.amount is null or (l.amount, l.currency) <> (s.amount, s.currency)
                union all
                select registration_id, act, about, 'the ledger has a posting that the state does not know'
                  from compared join books_by_ledger l using (registration_id)
                 where not exists (select from books_by_state s
                                    where s.registration_id = l.registration_id and s.about = l.about and s.act = l.act))
                select registration_id, act, about, what from differing
                 where %s
                 order by about
                 limit :some
                """.formatted(registrations, which);
    }

    /**
     * Returns differences between the documents and the money kept, for payments that changed at this instant or later; at most {@link
     * #SOME}.
     */
    List<Difference> documentsAgainstMoney(Instant since) {
        return documentsAgainstMoney(
                "select registration_id from payment where changed_at >= :since", Map.of("since", utc(since)));
    }

    /** Returns these differences for all payments. */
    List<Difference> documentsAgainstMoney() {
        return ofAll(page -> documentsAgainstMoney("select unnest(:page)", Map.of("page", page)));
    }

    /** Returns these differences for registrations named as in {@link Difference#about}. */
    List<Difference> documentsAgainstMoney(List<String> named) {
        return named.isEmpty()
                ? List.of()
                : documentsAgainstMoney(
                        "select split_part(n, ' ', 2)::uuid from unnest(:named) n",
                        Map.of("named", named.toArray(String[]::new)));
    }

    /**
     * Checks that receipts less credit notes equal the captured less the refunded money. Payments are skipped while captures wait for a
     * decision or refunds are in progress, and so is money that was never kept: it has no receipt, and is refunded.
     */
    private List<Difference> documentsAgainstMoney(String registrations, Map<String, Object> parameters) {
        return jdbc.sql("""
                select registration_id, currency, kept, documented
                  from (select c.registration_id, c.currency,
                               sum(c.amount) - coalesce(
                                   (select sum(r.amount) from payment_refund r
                                     where r.registration_id = c.registration_id and r.currency = c.currency
                                       and not r.surplus and r.state = 'done'), 0) as kept,
                               (select sum(case d.kind when 'receipt' then d.amount else -d.amount end)
                                  from issued_document d
                                 where d.registration_id = c.registration_id and d.currency = c.currency) as documented
                          from payment_capture c
                         where not c.surplus and c.registration_id in (%s)
                         group by c.registration_id, c.currency
                        having bool_and(c.answered)) both_sides
                 where not exists (select from payment_refund r
                                    where r.registration_id = both_sides.registration_id and not r.surplus
                                      and (documented is null or (r.state = 'pending' and r.capture_id is not null)))
                   and documented is distinct from kept
                 order by registration_id
                 limit :some
                """.formatted(registrations))
                .params(parameters)
                .param("some", SOME)
                .query((row, _) -> {
                    UUID registration = row.getObject("registration_id", UUID.class);
                    return new Difference(
                            "documents " + registration + " " + row.getString("currency"),
                            registration,
                            "receipts less credit notes are %d %s, captures less refunds %d"
                                    .formatted(
                                            row.getLong("documented"), row.getString("currency"), row.getLong("kept")));
                })
                .list();
    }

    /** Returns the known payments among a provider's, by its names for them. */
    Map<String, OurPayment> known(String provider, List<String> payments) {
        return jdbc
                .sql(ours("n.name = any(:payments)"))
                .param("provider", provider)
                .param("payments", payments.toArray(String[]::new))
                .query((row, _) -> ourPayment(row))
                .list()
                .stream()
                .collect(Collectors.toMap(OurPayment::payment, Function.identity()));
    }

    /** Returns all our captures at a provider in a span of time. */
    List<OurPayment> captured(String provider, Instant since, Instant until) {
        return jdbc.sql(ours("n.captured_at >= :since and n.captured_at < :until"))
                .param("provider", provider)
                .param("since", utc(since))
                .param("until", utc(until))
                .query((row, _) -> ourPayment(row))
                .list();
    }

    private static String ours(String which) {
        return """
                select c.provider_payment, c.registration_id, c.amount, c.currency,
                       coalesce(sum(r.amount) filter (where r.state = 'done'), 0)::bigint as refunded,
                       coalesce(bool_or(r.state = 'pending'), false) as moving,
                       (select coalesce(sum(d.amount), 0)::bigint from payment_dispute d
                         where d.registration_id = c.registration_id and d.capture_id = c.id and d.state <> 'won') as disputed
                  from provider_payment n
                  join payment_capture c
                       on c.registration_id = n.registration_id and c.provider = n.provider and c.provider_payment = n.name
                  left join payment_refund r on r.registration_id = c.registration_id and r.capture_id = c.id
                 where n.provider = :provider and %s
                 group by c.registration_id, c.id, c.provider_payment, c.amount, c.currency
                """.formatted(which);
    }

    private static OurPayment ourPayment(ResultSet row) throws SQLException {
        String currency = row.getString("currency");
        return new OurPayment(
                row.getString("provider_payment"),
                row.getObject("registration_id", UUID.class),
                new Money(row.getLong("amount"), currency),
                new Money(row.getLong("refunded"), currency),
                row.getBoolean("moving"),
                new Money(row.getLong("disputed"), currency));
    }

    /** Returns the differences that still exist and are not acknowledged. */
    Set<String> standing(Collection<String> abouts) {
        return Set.copyOf(jdbc.sql("select about from books_differing where about = any(?)")
                .param(abouts.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /** Returns the known differences of the ledger or of a provider. */
    List<String> knownOf(String book) {
        return jdbc.sql("select about from books_difference where starts_with(about, ?)")
                .param(book + " ")
                .query((row, _) -> row.getString("about"))
                .list();
    }

    /**
     * Saves the differences found, and deletes those that are resolved.
     *
     * @param agreeing the values of {@link Difference#about} that agree
     * @return the differences found often enough to be reported
     */
    List<Difference> note(List<Difference> found, Collection<String> agreeing, Instant now) {
        jdbc.sql("delete from books_difference where about = any(?)")
                .param(agreeing.toArray(String[]::new))
                .update();
        return found.stream()
                .filter(difference -> times(difference, now) == REPORTED_AT)
                .toList();
    }

    private int times(Difference difference, Instant now) {
        return jdbc.sql("""
                insert into books_difference (about, registration_id, what, first_seen, last_seen) values (?, ?, ?, ?, ?)
                on conflict (about) do update
                   set what = excluded.what, last_seen = excluded.last_seen, seen = books_difference.seen + 1
                returning seen
                """)
                .param(difference.about())
                .param(difference.registration())
                .param(difference.what())
                .param(utc(now))
                .param(utc(now))
                .query(Integer.class)
                .single();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
