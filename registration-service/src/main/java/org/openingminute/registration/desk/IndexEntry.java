package org.openingminute.registration.desk;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.PaymentSummary;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.sale.Money;

/**
 * A registration as the desk's index stores it, derived only from the registration, its timeline and its failed mails, never from an
 * earlier entry. Pure.
 *
 * @param words the words that searches and filters match
 * @param counted the registration's contribution to the sale's counts per minute, oldest first
 */
record IndexEntry(
        UUID id,
        String conference,
        Instant createdAt,
        List<Need> needs,
        List<SaleMinute> counted,
        Set<String> words,
        List<IndexedAttendee> attendees) {

    /**
     * Version of the derivation. It is raised when the same registration would get a different entry; rows of older versions are rebuilt.
     */
    static final int VERSION = 3;

    /** The kinds of tasks that an organiser may have for a registration. */
    enum NeedKind {
        /** A proof of category waits for review. */
        PROOF("proof"),
        /** An invoice was paid in part. */
        INVOICE_PART("invoice-part"),
        /** Money has to be transferred back. */
        REFUND_TO_TRANSFER("refund-to-transfer"),
        /** A refund has failed for good. */
        REFUND_FAILED("refund-failed"),
        /** A mail could not be sent, or came back. */
        MAIL_FAILED("mail-failed"),
        DISPUTE("dispute"),
        /** The payer's bank has opened an inquiry. */
        INQUIRY("inquiry"),
        /** Captured money has no seat and is not being refunded. */
        CAPTURED_WITHOUT_SEAT("captured-without-seat");

        private final String wireName;

        NeedKind(String wireName) {
            this.wireName = wireName;
        }

        String wireName() {
            return wireName;
        }
    }

    /**
     * A task for an organiser.
     *
     * @param since business time at which the task arose
     * @param due the deadline; {@code null} if none is known
     */
    record Need(NeedKind kind, Instant since, @Nullable Instant due) {}

    /** What a registration changed in one minute of business time; amounts are in minor units of the conference's currency. */
    record SaleMinute(
            @JsonProperty("at") Instant at,
            @JsonProperty("r") int registered,
            @JsonProperty("c") int confirmed,
            @JsonProperty("e") int ended,
            @JsonProperty("m") long captured,
            @JsonProperty("b") long refunded) {

        SaleMinute plus(SaleMinute other) {
            return new SaleMinute(
                    at,
                    registered + other.registered,
                    confirmed + other.confirmed,
                    ended + other.ended,
                    captured + other.captured,
                    refunded + other.refunded);
        }

        SaleMinute negated() {
            return new SaleMinute(at, -registered, -confirmed, -ended, -captured, -refunded);
        }

        boolean isNothing() {
            return registered == 0 && confirmed == 0 && ended == 0 && captured == 0 && refunded == 0;
        }
    }

    /** An attendee in the index, searched by name and address and sorted by name. */
    record IndexedAttendee(UUID id, String nameKey, Set<String> words) {}

    /**
     * An entry of the registration's timeline.
     *
     * @param code {@code null} for entries of versions that had no codes
     */
    record Line(Instant at, @Nullable String code, @Nullable Money amount) {}

    /** A mail that could not be sent, or that bounced. */
    record FailedMail(Instant at) {}

    /** The properties that filters select registrations by, stored as words that no typed search can match. */
    enum Facet {
        STATUS,
        CATEGORY,
        PHASE,
        METHOD,
        PAYMENT,
        VOUCHER,
        NEED,
        /** The amount that a bank transfer has to pay. */
        DUE,
        /** A bank transfer that was marked as paid. */
        TRANSFER;

        String word(String value) {
            return name() + ':' + value.toUpperCase(Locale.ROOT);
        }
    }

    static IndexEntry of(Registration r, @Nullable String beganAs, List<Line> timeline, List<FailedMail> mails) {
        List<Need> needs = needs(r, timeline, mails);
        Set<String> words = new LinkedHashSet<>(SearchWords.of(r));
        words.add(Facet.STATUS.word(r.status().wireName()));
        words.add(Facet.PHASE.word(r.price().phase()));
        words.add(Facet.METHOD.word(r.paymentMethod().name()));
        words.add(Facet.PAYMENT.word(paymentStatus(r)));
        Optional.ofNullable(r.price().voucher()).ifPresent(code -> words.add(Facet.VOUCHER.word(code)));
        r.attendees().forEach(attendee -> words.add(Facet.CATEGORY.word(attendee.category())));
        needs.forEach(need -> words.add(Facet.NEED.word(need.kind().wireName())));
        words.addAll(TransferWords.of(r));
        return new IndexEntry(
                r.id(),
                r.conference(),
                r.createdAt(),
                needs,
                counted(r, beganAs, timeline),
                words,
                r.attendees().stream()
                        .map(attendee -> new IndexedAttendee(
                                attendee.id(), SearchWords.sortKey(attendee), SearchWords.of(r, attendee)))
                        .toList());
    }

    /** Returns when the oldest task arose; empty if there is no task. */
    Optional<Instant> oldestNeed() {
        return needs.stream().map(Need::since).min(Instant::compareTo);
    }

    private static String paymentStatus(Registration r) {
        RegistrationRepresentation.@Nullable PaymentView payment =
                RegistrationRepresentation.of(r, "").payment();
        return payment == null ? "" : payment.status();
    }

    private static List<Need> needs(Registration r, List<Line> timeline, List<FailedMail> mails) {
        PaymentSummary money = r.money();
        @Nullable Instant end = r.hold().expiresAt();
        List<Need> needs = new ArrayList<>();
        if (r.status() == Status.PENDING_REVIEW
                && r.attendees().stream().anyMatch(one -> one.proof() == Attendee.Proof.received)) {
            needs.add(new Need(NeedKind.PROOF, last(r, timeline, TimelineNote.Code.PROOF_RECEIVED), end));
        }
        if (r.parts().amount() > 0 && !r.isBeingBooked()) {
            needs.add(new Need(NeedKind.INVOICE_PART, last(r, timeline, TimelineNote.Code.TRANSFER_ARRIVED), end));
        }
        if (isToBeTransferred(money)) {
            needs.add(new Need(
                    NeedKind.REFUND_TO_TRANSFER,
                    last(
                            r,
                            timeline,
                            TimelineNote.Code.REFUND_ORDERED,
                            TimelineNote.Code.CANCELLED,
                            TimelineNote.Code.PAYMENT_GIVEN_BACK,
                            TimelineNote.Code.PAYMENT_RECEIVED),
                    null));
        }
        if (hasFailedForGood(money.refunds())) {
            needs.add(new Need(NeedKind.REFUND_FAILED, last(r, timeline, TimelineNote.Code.REFUND_FAILED), null));
        }
        mails.stream()
                .map(FailedMail::at)
                .min(Instant::compareTo)
                .ifPresent(since -> needs.add(new Need(NeedKind.MAIL_FAILED, since, null)));
        if (money.disputeOpen()) {
            needs.add(new Need(
                    NeedKind.DISPUTE,
                    last(r, timeline, TimelineNote.Code.PAYMENT_DISPUTED),
                    money.reported().evidenceDueAt()));
        } else if (money.reported().inquiries().stream().anyMatch(IndexEntry::isOpen)) {
            needs.add(new Need(
                    NeedKind.INQUIRY,
                    last(r, timeline, TimelineNote.Code.INQUIRY_OPENED),
                    firstAnswerDue(money.reported().inquiries())));
        }
        if (money.captured().amount() > 0 && r.status() != Status.CONFIRMED && money.answered() == null) {
            needs.add(new Need(
                    NeedKind.CAPTURED_WITHOUT_SEAT, last(r, timeline, TimelineNote.Code.PAYMENT_RECEIVED), null));
        }
        return needs;
    }

    private static boolean isOpen(PaymentSnapshot.ReportedInquiry inquiry) {
        return inquiry.closedAt() == null;
    }

    private static @Nullable Instant firstAnswerDue(List<PaymentSnapshot.ReportedInquiry> inquiries) {
        return inquiries.stream()
                .filter(IndexEntry::isOpen)
                .flatMap(inquiry -> Stream.ofNullable(inquiry.evidenceDueAt()))
                .min(Instant::compareTo)
                .orElse(null);
    }

    private static boolean isToBeTransferred(PaymentSummary money) {
        return money.returns().stream().anyMatch(back -> !back.done())
                || (money.byTransfer()
                        && money.refunds().stream()
                                .anyMatch(refund -> refund.state() == Registration.Refund.State.commanded));
    }

    /** Whether a refund was given up and no later refund of at least the same amount replaced it. */
    private static boolean hasFailedForGood(List<Registration.Refund> refunds) {
        for (int i = 0; i < refunds.size(); i++) {
            Registration.Refund refund = refunds.get(i);
            if (refund.state() == Registration.Refund.State.failed
                    && !refund.isTriedAgain()
                    && refunds.subList(i + 1, refunds.size()).stream()
                            .noneMatch(later -> later.state() != Registration.Refund.State.failed
                                    && later.amount().amount()
                                            >= refund.amount().amount())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns when the last entry with one of these codes was written. Old timelines may lack such an entry; then it is the registration's
     * last change.
     */
    private static Instant last(Registration r, List<Line> timeline, TimelineNote.Code... codes) {
        return timeline.stream()
                .filter(line ->
                        Arrays.stream(codes).anyMatch(code -> code.wireName().equals(line.code())))
                .map(Line::at)
                .max(Instant::compareTo)
                .orElseGet(r::changedAt);
    }

    private static List<SaleMinute> counted(Registration r, @Nullable String beganAs, List<Line> timeline) {
        Map<Instant, SaleMinute> minutes = new TreeMap<>();
        count(minutes, r.createdAt(), 1, 0, 0, 0, 0);
        Status now = Status.PENDING_PAYMENT;
        if (Status.CONFIRMED.wireName().equals(beganAs)) {
            now = Status.CONFIRMED;
            count(minutes, r.createdAt(), 0, 1, 0, 0, 0);
        }
        for (Line line : timeline) {
            long amount = line.amount() == null ? 0 : line.amount().amount();
            Optional<TimelineNote.Code> code = Optional.ofNullable(line.code()).flatMap(TimelineNote.Code::of);
            if (code.isEmpty()) {
                continue;
            }
            switch (code.get()) {
                case CONFIRMED, CONFIRMED_WITHOUT_PAYMENT -> {
                    if (now != Status.CONFIRMED) {
                        count(minutes, line.at(), 0, 1, 0, 0, 0);
                    }
                    now = Status.CONFIRMED;
                }
                case EXPIRED, CANCELLED, NO_OFFER_POSSIBLE -> now = ended(minutes, line, now);
                case DISPUTE_LOST -> now = now == Status.CONFIRMED ? ended(minutes, line, now) : now;
                case PAYMENT_RECEIVED -> count(minutes, line.at(), 0, 0, 0, amount, 0);
                case REFUND_MADE -> count(minutes, line.at(), 0, 0, 0, 0, amount);
                case REFUND_RETURNED -> count(minutes, line.at(), 0, 0, 0, 0, -amount);
                case REGISTERED,
                        SEATS_HELD,
                        SEATS_HELD_FOR_REVIEW,
                        HOLD_EXTENDED,
                        LINK_OPENED,
                        PROOF_RECEIVED,
                        PROOF_ACCEPTED,
                        PROOF_REFUSED,
                        OFFER_MADE,
                        OFFER_ACCEPTED,
                        PAYMENT_FAILED,
                        PAYMENT_GIVEN_BACK,
                        INQUIRY_OPENED,
                        INQUIRY_CLOSED,
                        PAYMENT_DISPUTED,
                        DISPUTE_WON,
                        REFUND_ORDERED,
                        REFUND_FAILED,
                        MARKED_AS_PAID,
                        TRANSFER_ARRIVED,
                        LINKS_ENDED,
                        CONTACT_CHANGED,
                        MAIL_SENT,
                        MAIL_CAME_BACK,
                        MAIL_NOT_SENT -> {
                    // These entries change neither seats nor money.
                }
            }
        }
        return List.copyOf(minutes.values());
    }

    private static Status ended(Map<Instant, SaleMinute> minutes, Line line, Status now) {
        if (now != Status.EXPIRED) {
            count(minutes, line.at(), 0, 0, 1, 0, 0);
        }
        return Status.EXPIRED;
    }

    private static void count(
            Map<Instant, SaleMinute> minutes,
            Instant at,
            int registered,
            int confirmed,
            int ended,
            long captured,
            long refunded) {
        Instant minute = at.truncatedTo(ChronoUnit.MINUTES);
        minutes.merge(
                minute, new SaleMinute(minute, registered, confirmed, ended, captured, refunded), SaleMinute::plus);
    }
}
