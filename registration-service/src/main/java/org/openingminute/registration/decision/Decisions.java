package org.openingminute.registration.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.registration.lifecycle.Guard;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.lifecycle.RegistrationView;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.lifecycle.Trigger;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.RefundPolicy;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Decides each command of a batch by the state of the sale. Pure: no input or output. */
@Component
public class Decisions {

    /** A payment made in time but booked later than this may find its seats sold; it is then refunded. */
    private static final Duration BOOKED_WITHIN = Duration.ofMinutes(10);

    /** Member of a refused cancellation whose expected refund was outdated: the refund that would apply now. */
    public static final String REFUND_NOW = "refund";

    private static final Result.Refused NOTHING_HERE = new Result.Refused(Problem.notFound());

    private final Ids ids;
    private final String publicUrl;
    private final AddressForm addresses;

    Decisions(Ids ids, AccessSettings settings, AddressForm addresses) {
        this.ids = ids;
        this.addresses = addresses;
        this.publicUrl = settings.publicUrl();
    }

    /** Decides as much of a request for seats as possible before the lock, so that the batch holds the lock for less time. */
    public Command.Register prepare(Conference conference, Command.Register command, Instant now) {
        return PreparedOrder.of(conference, command.request(), now, ids, addresses) instanceof PreparedOrder prepared
                ? command.prepared(prepared)
                : command;
    }

    /** Decides a command. A refusal is returned as a value, and a refused command has changed nothing. */
    public Result decide(SaleState sale, Command command) {
        return switch (command) {
            case Command.Repeatable repeatable -> once(sale, repeatable);
            case Command.HoldEnded ended -> isAboutNothing(sale, ended) ? NOTHING_HERE : holdEnded(sale, ended);
            case Command.LinkOpened opened -> isAboutNothing(sale, opened) ? NOTHING_HERE : linkOpened(sale, opened);
            // Any batch records it; this command only makes sure that one runs.
            case Command.SeatsFreed ignored -> new Result.Noted();
            case Command.Republish again ->
                isAboutNothing(sale, again) ? NOTHING_HERE : new DefineDecision(sale).republish();
            case Command.PaymentReported reported -> paymentReported(sale, reported);
        };
    }

    private static boolean isAboutNothing(SaleState sale, Command command) {
        return switch (command) {
            case Command.Define ignored -> false;
            case Command.OnRegistration on -> sale.registration(on.registration()) == null;
            case Command.Register ignored -> sale.conference() == null;
            case Command.SellAtDesk ignored -> sale.conference() == null;
            case Command.SetSale ignored -> sale.conference() == null;
            case Command.SetVoucher ignored -> sale.conference() == null;
            case Command.RemoveVoucher ignored -> sale.conference() == null;
            case Command.Republish ignored -> sale.conference() == null;
            case Command.SeatsFreed ignored -> false;
        };
    }

    /**
     * The same key and body get the first answer, and the same key with another body is refused. A refusal leaves the
     * key unused.
     */
    private Result once(SaleState sale, Command.Repeatable command) {
        SaleState.@Nullable StoredReply first = sale.storedReply(command.key());
        if (first != null) {
            return again(first, command);
        }
        if (isAboutNothing(sale, command)) {
            return NOTHING_HERE;
        }
        if (command instanceof Command.AtRevision at && isOfAnother(sale, at)) {
            return new Result.Refused(
                    CommonProblem.CHANGED, "Somebody else has changed the registration in the meantime.");
        }
        Transitions transitions = new Transitions(sale, ids);
        ReviewDecision reviews = new ReviewDecision(sale, transitions, this::changed);
        Result answer = switch (command) {
            case Command.Register register -> new RegisterDecision(sale, ids, addresses, publicUrl).register(register);
            case Command.SellAtDesk sold -> new RegisterDecision(sale, ids, addresses, publicUrl).sell(sold);
            case Command.Extend extend -> extend(sale, extend);
            case Command.Cancel cancel -> cancel(sale, cancel);
            case Command.EndLinks end -> endLinks(sale, end);
            case Command.CorrectContact correct -> correctContact(sale, correct);
            case Command.OrderRefund refund -> refund(sale, refund);
            case Command.MarkPaid paid -> new MarkPaidDecision(sale, ids, this::changed).markPaid(paid);
            case Command.ProofReceived received -> reviews.receive(received);
            case Command.Review review -> reviews.review(review);
            case Command.AcceptOffer offer -> reviews.acceptOffer(offer);
            case Command.Define define -> new DefineDecision(sale).define(define);
            case Command.SetSale set -> new DefineDecision(sale).setSale(set);
            case Command.SetVoucher set -> new VoucherDecision(sale).set(set);
            case Command.RemoveVoucher remove -> new VoucherDecision(sale).remove(remove);
        };
        if (answer instanceof Result.Done done) {
            sale.record(
                    command.key(),
                    new SaleState.StoredReply(command.requestHash(), done.registration(), done.how(), done.body()));
        }
        return answer;
    }

    private static boolean isOfAnother(SaleState sale, Command.AtRevision command) {
        return command.ifRevision() != null
                && command.ifRevision()
                        != sale.requireRegistration(command.registration()).revision();
    }

    /**
     * Decides a command like {@link #decide}, then also what follows automatically: the report that payment-service will send about a
     * transfer marked as received. The caller must discard the sale's state afterwards.
     */
    public Result foresee(SaleState sale, Command.Repeatable command) {
        Result result = decide(sale, command);
        if (result instanceof Result.Done && command instanceof Command.MarkPaid paid) {
            Registration marked = sale.requireRegistration(paid.registration());
            MarkPaidDecision.booked(marked, ids, sale.now())
                    .ifPresent(report -> new PaymentDecision(sale, new Transitions(sale, ids)).apply(marked, report));
        }
        return result;
    }

    private Result.Done changed(Result.How how, Registration registration) {
        return new Result.Done(
                how, Documents.json(RegistrationRepresentation.of(registration, publicUrl)), registration.id());
    }

    /** Returns the reply to a key that was already answered. */
    public static Result again(SaleState.StoredReply first, Command.Repeatable command) {
        return first.requestHash().equals(command.requestHash())
                ? new Result.Done(first.how(), first.answer(), first.registration())
                : new Result.Refused(
                        CommonProblem.IDEMPOTENCY_KEY_REUSED, "This key was already used for another request.");
    }

    private Result endLinks(SaleState sale, Command.EndLinks command) {
        Registration before = sale.requireRegistration(command.registration());
        if (command.generation() < before.contactLinks().generation()) {
            return command.organiser() == null
                    ? new Result.Refused(Problem.unauthenticated())
                    : changed(Result.How.ACCEPTED, before);
        }
        Optional<Result.Refused> tooOften = linksEndedTooOften(sale, before, command.organiser() != null);
        if (tooOften.isPresent()) {
            return tooOften.get();
        }
        Registration after = new Transitions(sale, ids).endLinks(before);
        sale.note(after.id(), TimelineNote.Code.LINKS_ENDED);
        if (command.organiser() != null) {
            sale.audit(new SaleState.AuditEntry(
                    command.organiser(), "ended links", after.id(), null, null, command.why()));
        }
        return changed(Result.How.ACCEPTED, after);
    }

    private static Optional<Result.Refused> linksEndedTooOften(
            SaleState sale, Registration registration, boolean byStaff) {
        return registration
                .contactLinks()
                .waitToEnd(sale.now(), byStaff)
                .map(wait -> new Result.Refused(new Problem(
                                CommonProblem.RATE_LIMITED,
                                "The links were already revoked several times within an hour.")
                        .retryAfter(wait)));
    }

    /** A correction that changes nothing keeps the links valid. */
    private Result correctContact(SaleState sale, Command.CorrectContact command) {
        Registration before = sale.requireRegistration(command.registration());
        Registration.Contact contact = before.contact().corrected(command.correction());
        if (contact.equals(before.contact())) {
            return changed(Result.How.CHANGED, before);
        }
        Optional<Result.Refused> tooOften = linksEndedTooOften(sale, before, true);
        if (tooOften.isPresent()) {
            return tooOften.get();
        }
        Registration after = new Transitions(sale, ids).correctContact(before, contact, command.mailbox());
        sale.note(after.id(), TimelineNote.Code.CONTACT_CHANGED);
        sale.audit(new SaleState.AuditEntry(
                command.organiser(),
                "corrected a contact",
                after.id(),
                Documents.treeOf(before.contact()),
                Documents.treeOf(after.contact()),
                command.why()));
        return changed(Result.How.CHANGED, after);
    }

    private Result extend(SaleState sale, Command.Extend command) {
        Registration before = sale.requireRegistration(command.registration());
        Optional<Result.Refused> over = holdOver(sale, before);
        if (over.isPresent()) {
            return over.get();
        }
        Guard when = before.hold().extended() ? Guard.EXTENDED_BEFORE : Guard.FIRST_EXTENSION;
        return new Transitions(sale, ids).request(before, Trigger.EXTENDED, when, Transitions.NOTHING, after -> {
            sale.note(after.id(), TimelineNote.Code.HOLD_EXTENDED);
            if (command.organiser() != null) {
                sale.audit(new SaleState.AuditEntry(
                        command.organiser(),
                        "extended a hold",
                        after.id(),
                        holdEnd(before),
                        holdEnd(after),
                        "on the registrant's behalf"));
            }
            return changed(Result.How.CHANGED, after);
        });
    }

    private static JsonNode holdEnd(Registration registration) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("holdExpiresAt", String.valueOf(registration.hold().expiresAt()));
    }

    /** From now on the unpaid seats count for the mailbox only, and the hold gets its regular end, unless it is over. */
    private Result linkOpened(SaleState sale, Command.LinkOpened command) {
        Registration before = sale.requireRegistration(command.registration());
        if (before.awaitsOpening()) {
            Registration opened = before.with(before.contactLinks().opened(sale.now()));
            boolean longer =
                    before.hold().onceOpened() != null && holdOver(sale, before).isEmpty();
            sale.change(opened);
            new Transitions(sale, ids)
                    .move(
                            opened,
                            Trigger.LINK_OPENED,
                            longer ? Guard.HELD_SHORT : Guard.HELD_IN_FULL,
                            Transitions.NOTHING);
            if (longer) {
                sale.note(before.id(), TimelineNote.Code.LINK_OPENED);
            }
        }
        return new Result.Noted();
    }

    /** A hold is over once its end has passed, even if the job has not ended it yet. */
    static Optional<Result.Refused> holdOver(SaleState sale, Registration registration) {
        @Nullable Instant end = registration.hold().expiresAt();
        return end == null || end.isAfter(sale.now())
                ? Optional.empty()
                : Optional.of(new Result.Refused(CommonProblem.NOT_ALLOWED_NOW, "The hold has ended."));
    }

    private Result cancel(SaleState sale, Command.Cancel command) {
        Registration before = sale.requireRegistration(command.registration());
        Command.@Nullable ByOrganiser organiser = command.organiser();
        Optional<Result.Refused> wrong = organiser == null ? Optional.empty() : wrongRefund(before, organiser);
        if (wrong.isPresent()) {
            return wrong.get();
        }
        Money refund = refundOf(before, sale.now(), organiser);
        if (command.expectedRefund() != null && !command.expectedRefund().equals(refund)) {
            RefundPolicy.QuotedRefund quoted = before.refundNow(sale.now());
            return new Result.Refused(new Problem(
                    CommonProblem.NOT_ALLOWED_NOW,
                    "The refund is no longer the amount that was shown.",
                    Map.of(REFUND_NOW, refund, "policy", quoted.policy())));
        }
        Registration.Reason why = organiser == null
                ? Registration.Reason.of(ReasonCode.CANCELLED_BY_REGISTRANT)
                : Registration.Reason.of(ReasonCode.CANCELLED_BY_ORGANISER, organiser.note());
        return new Transitions(sale, ids)
                .request(
                        before,
                        organiser == null ? Trigger.CANCELLED_BY_REGISTRANT : Trigger.CANCELLED_BY_ORGANISER,
                        before.money().disputeOpen() ? Guard.DISPUTE_OPEN : Guard.NO_DISPUTE,
                        new Transitions.Cancelled(why, refund),
                        after -> {
                            noteCancelled(sale, before, after, refund, organiser);
                            return changed(Result.How.CHANGED, after);
                        });
    }

    private static void noteCancelled(
            SaleState sale,
            Registration before,
            Registration after,
            Money refund,
            Command.@Nullable ByOrganiser organiser) {
        sale.note(after.id(), TimelineNote.of(TimelineNote.Code.CANCELLED, refund.amount() == 0 ? null : refund));
        if (organiser != null) {
            sale.audit(new SaleState.AuditEntry(
                    organiser.person(),
                    "cancelled a registration",
                    after.id(),
                    Documents.treeOf(RegistrationView.of(before)),
                    Documents.treeOf(RegistrationView.of(after)),
                    after.reason().text()));
        }
    }

    /**
     * A transfer for seats that were not sold is refunded in full; a refund of captured money is limited to the rest.
     */
    private static Optional<Result.Refused> wrongRefund(Registration before, Command.ByOrganiser organiser) {
        @Nullable Money wanted = organiser.refund();
        Money parts = before.parts();
        if (wanted == null) {
            return Optional.empty();
        }
        if (parts.amount() > 0) {
            return wanted.equals(parts)
                    ? Optional.empty()
                    : Optional.of(invalid(
                            "refund",
                            "not-all-transferred",
                            "must be all that was transferred for seats that were not sold: " + parts.inWords(),
                            parts));
        }
        return notLeft(before, wanted, "refund");
    }

    private static Money refundOf(Registration before, Instant now, Command.@Nullable ByOrganiser organiser) {
        if (organiser != null && organiser.refund() != null) {
            return organiser.refund();
        }
        return organiser != null && organiser.inFull()
                ? before.refundInFull()
                : before.refundNow(now).amount();
    }

    private Result refund(SaleState sale, Command.OrderRefund command) {
        Registration before = sale.requireRegistration(command.registration());
        Optional<Result.Refused> notLeft = notLeft(before, command.amount(), "amount");
        if (notLeft.isPresent()) {
            return notLeft.get();
        }
        if (before.money().disputeOpen()) {
            return new Result.Refused(CommonProblem.NOT_ALLOWED_NOW, "The payment is disputed.");
        }
        Registration after = new Transitions(sale, ids).refundOnRequest(before, command.amount(), command.reason());
        sale.note(after.id(), TimelineNote.of(TimelineNote.Code.REFUND_ORDERED, command.amount()));
        sale.audit(new SaleState.AuditEntry(
                command.organiser(),
                "ordered a refund",
                after.id(),
                null,
                Documents.treeOf(Map.of("refund", command.amount())),
                command.reason()));
        return changed(Result.How.ACCEPTED, after);
    }

    private static Optional<Result.Refused> notLeft(Registration registration, Money refund, String field) {
        Money left = registration.money().left();
        if (!refund.currency().equals(left.currency())) {
            return Optional.of(invalid(field, "other-currency", "must be in " + left.currency(), left.currency()));
        }
        return refund.amount() > left.amount() || refund.amount() < 0
                ? Optional.of(invalid(
                        field, "more-than-left", "must be between zero and what is left: " + left.inWords(), left))
                : Optional.empty();
    }

    private static Result.Refused invalid(String field, String code, String message, Object... parameters) {
        return new Result.Refused(Problem.invalid(List.of(new FieldError(field, code, message, List.of(parameters)))));
    }

    /** Reads the end of the hold under the lock, because it may have changed since the job read it. */
    private Result holdEnded(SaleState sale, Command.HoldEnded command) {
        Registration before = sale.requireRegistration(command.registration());
        @Nullable Instant end = before.hold().expiresAt();
        boolean waitsForItsBooking =
                before.isBeingBooked() && end != null && end.plus(BOOKED_WITHIN).isAfter(sale.now());
        if (end != null && before.status().holdsSeats() && !end.isAfter(sale.now()) && !waitsForItsBooking) {
            new Transitions(sale, ids)
                    .move(before, Trigger.HOLD_RAN_OUT, Guard.ALWAYS, new Transitions.Because(whyEnded(before)));
            sale.note(before.id(), TimelineNote.Code.EXPIRED);
        }
        return new Result.Noted();
    }

    private static ReasonCode whyEnded(Registration before) {
        return switch (before.status()) {
            case PENDING_REVIEW -> ReasonCode.PROOF_TIME_OVER;
            case REJECTED -> ReasonCode.OFFER_TIME_OVER;
            case PENDING_PAYMENT, CONFIRMED, EXPIRED, CANCELLED -> ReasonCode.PAYMENT_TIME_OVER;
        };
    }

    private Result paymentReported(SaleState sale, Command.PaymentReported command) {
        @Nullable Registration registration = sale.registration(command.registration());
        if (registration == null) {
            throw new org.openingminute.messaging.inbox.PermanentFailure("the payment is of no registration here");
        }
        new PaymentDecision(sale, new Transitions(sale, ids)).apply(registration, command.snapshot());
        return new Result.Noted();
    }
}
