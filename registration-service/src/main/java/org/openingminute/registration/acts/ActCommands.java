package org.openingminute.registration.acts;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.registrations.Registrations;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.OrderCheck;
import org.springframework.stereotype.Component;

/** Creates the forms of acts, and turns submitted forms into commands. */
@Component
class ActCommands {

    /** How much a cancellation refunds. */
    enum Extent {
        POLICY,
        FULL,
        SUM;

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final List<String> EXTENTS = List.of(Extent.POLICY.code(), Extent.FULL.code(), Extent.SUM.code());

    private final Ids ids;
    private final BusinessClock clock;
    private final AddressForm addresses;
    private final Registrations registrations;

    ActCommands(Ids ids, BusinessClock clock, AddressForm addresses, Registrations registrations) {
        this.ids = ids;
        this.clock = clock;
        this.addresses = addresses;
        this.registrations = registrations;
    }

    /** Creates the initial form of an act, with a new idempotency key. */
    ActForm blank(Act act, Registration registration, Conference conference) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(ActForm.KEY, ids.next().toString());
        switch (act) {
            case CANCEL -> values.put(ActForm.REFUND, Extent.POLICY.code());
            case MARK_PAID -> {
                values.put(ActForm.AMOUNT, ActFields.written(open(registration)));
                values.put(
                        ActForm.RECEIVED,
                        LocalDate.ofInstant(clock.now(), conference.definition().timeZone())
                                .toString());
            }
            case CORRECT_CONTACT -> {
                values.put(ActForm.NAME, registration.contact().name());
                values.put(ActForm.EMAIL, registration.contact().email());
                values.put(ActForm.LOCALE, registration.contact().locale());
            }
            case REFUND, ACCEPT_OFFER, NEW_LINK -> {
                // Staff enter the amount and the reason themselves.
            }
        }
        return new ActForm(values, Map.of());
    }

    private static Money open(Registration registration) {
        return registration.total().minus(registration.parts().min(registration.total()));
    }

    /** Returns what a cancellation under the refund policy would refund now. */
    Money byPolicy(Registration registration) {
        return registration.refundNow(clock.now()).amount();
    }

    /**
     * Turns a submitted form into a command.
     *
     * @param page of the form, in the sender's language
     * @param ifRevision the revision that the sender saw; {@code null} to accept any revision and any refund
     * @throws Problem {@code invalid} with all errors of the fields; {@code idempotency-key-missing} or {@code malformed} for the key
     */
    Command.AtRevision of(Act act, ActForm form, Registration registration, DeskPage page, @Nullable Long ifRevision) {
        Conference conference = page.conference();
        Person person = page.staff().person();
        String key = form.value(ActForm.KEY);
        ActFields fields = new ActFields(form::value, page.localizer().locale());
        Command.AtRevision command = switch (act) {
            case REFUND ->
                new Command.OrderRefund(
                        registration.conference(),
                        registration.id(),
                        new IdempotencyKey("refund:" + registration.id(), key),
                        hash(form),
                        fields.amount(
                                ActForm.AMOUNT, registration.money().left().currency()),
                        fields.text(ActForm.REASON),
                        person,
                        ifRevision);
            case CANCEL ->
                new Command.Cancel(
                        registration.conference(),
                        registration.id(),
                        new IdempotencyKey("cancel:" + registration.id(), key),
                        hash(form),
                        ifRevision == null
                                ? null
                                : form.shownRefund(registration.money().left().currency())
                                        .orElse(null),
                        cancelling(fields, registration, person),
                        ifRevision);
            case MARK_PAID ->
                new Command.MarkPaid(
                        registration.conference(),
                        registration.id(),
                        new IdempotencyKey("mark-paid:" + registration.id(), key),
                        hash(form),
                        fields.text(ActForm.REFERENCE),
                        fields.amount(ActForm.AMOUNT, registration.total().currency()),
                        fields.day(ActForm.RECEIVED, conference.definition().timeZone()),
                        person,
                        ifRevision);
            case ACCEPT_OFFER ->
                new Command.AcceptOffer(
                        registration.conference(),
                        registration.id(),
                        new IdempotencyKey("offer:" + registration.id(), key),
                        hash(form),
                        person,
                        fields.text(ActForm.REASON),
                        ifRevision);
            case CORRECT_CONTACT -> {
                fields.note(OrderCheck.checkCorrection(conference.definition(), form.contact(), addresses));
                yield new Command.CorrectContact(
                        registration.conference(),
                        registration.id(),
                        new IdempotencyKey("contact:" + registration.id(), key),
                        hash(form),
                        form.contact(),
                        registrations.mailbox(form.contact()),
                        person,
                        fields.text(ActForm.REASON),
                        ifRevision);
            }
            case NEW_LINK ->
                new Command.EndLinks(
                        registration.conference(),
                        registration.id(),
                        new IdempotencyKey("new-link:" + registration.id(), key),
                        hash(form),
                        registration.contactLinks().generation(),
                        person,
                        fields.text(ActForm.REASON),
                        ifRevision);
        };
        fields.requireRight();
        IdempotencyKey.required(key);
        return command;
    }

    private static Command.ByOrganiser cancelling(ActFields fields, Registration registration, Person person) {
        String extent = fields.choice(ActForm.REFUND, EXTENTS).orElse(Extent.POLICY.code());
        String reason = fields.text(ActForm.REASON);
        @Nullable
        Money sum = extent.equals(Extent.SUM.code())
                ? fields.sum(ActForm.AMOUNT, registration.money().left().currency())
                : null;
        return new Command.ByOrganiser(person, reason, extent.equals(Extent.FULL.code()), sum);
    }

    /** Hashes only what was typed: the hidden fields differ between a form and its repetition. */
    private static RequestHash hash(ActForm form) {
        return RequestHash.of(Documents.treeOf(form.typed()));
    }
}
