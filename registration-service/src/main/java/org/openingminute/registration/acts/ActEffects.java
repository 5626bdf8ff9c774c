package org.openingminute.registration.acts;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.acts.ActPreview.SeatsChange;
import org.openingminute.registration.acts.ActPreview.TicketChange;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.SaleTerms;

/** Describes what an act would do, in the reader's language. */
public record ActEffects(Registration registration, Conference conference, Localizer localizer) {

    /**
     * A group of effects.
     *
     * @param texts at least one
     */
    public record Effect(String label, List<String> texts) {}

    /**
     * Returns the effects of an act, including those on the contact.
     *
     * @param form the submitted form; it holds the new contact of a correction
     */
    List<Effect> of(Act act, ActForm form, ActPreview preview) {
        List<Effect> effects = new ArrayList<>();
        if (act == Act.CORRECT_CONTACT) {
            effects.add(effect("contact", contact(form)));
        }
        effects.addAll(of(preview));
        Registration.@Nullable Offer offer = registration.offer();
        if (act == Act.ACCEPT_OFFER && offer != null) {
            effects.add(new Effect(localizer.of("act.effect.price"), offer(offer)));
        }
        return effects;
    }

    /** Returns the effects of a decision on a proof, in the same order for both decisions. */
    public List<Effect> ofReview(ActPreview preview) {
        List<Effect> effects = new ArrayList<>(of(preview));
        Registration.@Nullable Offer offer = preview.offer();
        effects.add(effect("offer", offer == null ? List.of() : offer(offer)));
        return effects;
    }

    /** Describes an offer: the attendees' new categories, and the old and the new price with the difference. */
    List<String> offer(Registration.Offer offer) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < offer.categories().size(); i++) {
            Attendee attendee = registration.attendees().get(i);
            String category = offer.categories().get(i);
            if (!category.equals(attendee.category())) {
                texts.add(localizer.of(
                        "act.effect.change", name(attendee.id()), category(attendee.category()), category(category)));
            }
        }
        Money before = registration.total();
        Money after = offer.price().total();
        String change = switch (Long.signum(after.amount() - before.amount())) {
            case 1 -> "higher";
            case -1 -> "lower";
            default -> "same";
        };
        texts.add(localizer.of(
                "act.effect.price-" + change,
                localizer.money(before),
                localizer.money(after),
                localizer.money(new Money(Math.abs(after.amount() - before.amount()), after.currency()))));
        return texts;
    }

    /** Returns the effects that any act may have: on the status, seats, money, mails, tickets, and links if they become invalid. */
    public List<Effect> of(ActPreview preview) {
        List<Effect> effects = new ArrayList<>();
        effects.add(new Effect(localizer.of("act.effect.status"), List.of(status(preview))));
        effects.add(effect("seats", preview.seats().stream().map(this::seats).toList()));
        effects.add(effect(
                "money",
                preview.refund() == null
                        ? List.of()
                        : List.of(localizer.of("act.effect.refund", localizer.money(preview.refund())))));
        effects.add(effect("mails", mails(preview.mails())));
        effects.add(
                effect("tickets", preview.tickets().stream().map(this::ticket).toList()));
        if (preview.mails().contains(ForeseenMails.LINK)) {
            effects.add(new Effect(localizer.of("act.effect.links"), List.of(localizer.of("act.effect.links-end"))));
        }
        return effects;
    }

    /**
     * Returns the effects of a sale at the desk, which creates the registration.
     *
     * @param seats by a limit's code, how many more of its seats would be sold
     */
    List<Effect> ofSale(Map<String, Integer> seats) {
        return List.of(
                effect("status", List.of(status(localizer, registration.status().wireName()))),
                effect(
                        "seats",
                        seats.entrySet().stream()
                                .map(limit -> seats(new SeatsChange(limit.getKey(), limit.getValue())))
                                .toList()),
                effect(
                        "money",
                        List.of(
                                registration.nothingToPay()
                                        ? localizer.of("act.effect.nothing-to-pay")
                                        : localizer.of("act.effect.paid", localizer.money(registration.total())))),
                effect("mails", mails(ForeseenMails.ofNew(registration))),
                effect(
                        "tickets",
                        registration.attendees().stream()
                                .map(one -> ticket(new TicketChange(one.id(), registration.tickets())))
                                .toList()));
    }

    private List<String> mails(List<String> kinds) {
        return kinds.stream()
                .map(kind -> localizer.find("mail." + kind).orElse(kind))
                .toList();
    }

    private Effect effect(String what, List<String> texts) {
        return new Effect(
                localizer.of("act.effect." + what),
                texts.isEmpty() ? List.of(localizer.of("act.effect.no-" + what)) : texts);
    }

    private List<String> contact(ActForm form) {
        Registration.Contact before = registration.contact();
        Registration.Contact after = before.corrected(form.contact());
        List<String> changes = new ArrayList<>();
        change(changes, "name", before.name(), after.name());
        change(changes, "email", before.email(), after.email());
        change(changes, "locale", language(before), language(after));
        return changes;
    }

    private void change(List<String> changes, String field, String before, String after) {
        if (!after.equals(before)) {
            changes.add(localizer.of("act.effect.change", localizer.of("form." + field), before, after));
        }
    }

    private String language(Registration.Contact contact) {
        return Locale.forLanguageTag(contact.locale()).getDisplayLanguage(localizer.locale());
    }

    private String status(ActPreview preview) {
        String after = status(localizer, preview.status().after().wireName());
        return preview.status().before() == preview.status().after()
                ? localizer.of("act.effect.stays", after)
                : localizer.of(
                        "act.effect.becomes",
                        status(localizer, preview.status().before().wireName()),
                        after);
    }

    /** Translates a state for staff. */
    static String status(Localizer localizer, String wireName) {
        return localizer.of("desk.status." + wireName);
    }

    private String seats(SeatsChange change) {
        return localizer.of(
                change.change() < 0 ? "act.effect.freed" : "act.effect.taken",
                name(change.quota()),
                Math.abs(change.change()));
    }

    private String name(String quota) {
        SaleTerms terms = conference.definition().registration();
        return switch (QuotaKey.of(quota)) {
            case QuotaKey.Capacity() -> localizer.of("act.quota.capacity");
            case QuotaKey.OfCategory(String code) -> category(code);
            case QuotaKey.OfAddOn(String code) ->
                terms.addOn(code).map(SaleTerms.AddOn::name).orElse(code);
            case QuotaKey.OfVoucher(String code) -> localizer.of("act.quota.voucher", code);
        };
    }

    private String category(String code) {
        return conference
                .definition()
                .registration()
                .category(code)
                .map(Category::name)
                .orElse(code);
    }

    private String ticket(TicketChange change) {
        return localizer.of("act.ticket." + change.becomes().wireName(), name(change.attendee()));
    }

    private String name(UUID attendee) {
        return registration.attendees().stream()
                .filter(one -> one.id().equals(attendee))
                .map(one -> one.givenName() + " " + one.familyName())
                .findFirst()
                .orElse("");
    }
}
