package org.openingminute.registration.conferences;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.admission.ConferenceCache;
import org.openingminute.registration.conferences.SaleNoticeConfiguration.SaleNoticeSettings;
import org.openingminute.registration.decision.Conference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/**
 * Publishes the sale notices of every conference, each only once: the notice's row is inserted under the conference's lock, by the business
 * time read after locking, and moving the clock back deletes no row. Every instance checks a conference when its next notice may be due by
 * the database's clock, and takes the lock only if there is a new notice. At start it checks all conferences, because its settings may have
 * changed.
 */
@Component
final class SaleNoticeJob extends PollingJob implements DueWork {

    private static final Logger log = LoggerFactory.getLogger(SaleNoticeJob.class);

    private final ConferenceCache conferences;
    private final SaleNoticeRepository notices;
    private final Outbox outbox;
    private final TransactionTemplate transaction;
    private final SaleNoticeSettings settings;
    /** The last failure of each conference. Used only by the job's thread, as is the next field. */
    private final Map<String, String> failures = new HashMap<>();

    private boolean allMarkedDue;

    SaleNoticeJob(
            ConferenceCache conferences,
            SaleNoticeRepository notices,
            Outbox outbox,
            TransactionTemplate transaction,
            SaleNoticeSettings settings) {
        super("sale-notices");
        this.conferences = conferences;
        this.notices = notices;
        this.outbox = outbox;
        this.transaction = transaction;
        this.settings = settings;
    }

    /** The body of an event: all notices of the conference so far. */
    record Notices(String slug, @JsonProperty("news") List<JsonNode> notices) {}

    @Override
    public String dueAt() {
        return """
                select min(notices_due_at) - coalesce((select offset_millis from rehearsal_clock), 0) * interval '1 millisecond'
                  from conference
                """;
    }

    @Override
    protected boolean work() {
        if (!allMarkedDue) {
            notices.markAllDue();
            allMarkedDue = true;
        }
        notices.due().forEach(this::publishDue);
        return false;
    }

    /** Publishes the due notices of one conference. A failure does not affect other conferences; the same failure is logged only once. */
    private void publishDue(SaleNoticeRepository.Due due) {
        String slug = due.slug();
        try {
            conferences.current(slug).ifPresent(conference -> {
                if (hasUnpublished(conference, due.now())) {
                    publish(slug);
                }
                notices.scheduleCheck(
                        due, conference, DueSaleNotices.next(conference, due.now(), settings.deadlineNearBefore()));
            });
            failures.remove(slug);
        } catch (RuntimeException e) {
            String failure = RedactedException.types(e);
            if (!failure.equals(failures.put(slug, failure))) {
                log.warn("Sale notices of {} were not published, retrying in 1 s: {}", slug, failure);
            }
        }
    }

    private boolean hasUnpublished(Conference conference, Instant now) {
        List<SaleNotice> due = DueSaleNotices.of(conference, now, settings.deadlineNearBefore());
        if (due.isEmpty()) {
            return false;
        }
        Set<SaleNotice.SaleNoticeKey> published = notices.published(conference.slug());
        return due.stream().anyMatch(one -> !published.contains(one.key()));
    }

    private void publish(String slug) {
        transaction.executeWithoutResult(status -> {
            OrderLock lock = notices.lock(slug);
            notices.judge(slug)
                    .ifPresent(judged -> DueSaleNotices.of(
                                    judged.conference(), judged.now(), settings.deadlineNearBefore())
                            .forEach(one -> {
                                if (notices.markPublished(slug, one)) {
                                    append(lock, slug, one.kind());
                                }
                            }));
        });
    }

    private void append(OrderLock lock, String slug, SaleNotice.SaleNoticeKind kind) {
        List<JsonNode> all = notices.all(slug);
        outbox.append(
                lock,
                new OutgoingMessage(
                        SaleNotice.TOPIC,
                        slug,
                        kind.type(),
                        lock.sequencesBegin() + all.size(),
                        new Notices(slug, all)));
    }
}
