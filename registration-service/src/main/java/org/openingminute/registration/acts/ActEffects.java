package org.openingminute.registration.acts;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.openingminute.registration.acts.ActPreview.SeatsChange;
import org.openingminute.registration.acts.ActPreview.TicketChange;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.SaleTerms;

/** What an act would do, in the reader's words. */
record ActEffects(Registration registration, Conference conference, Localizer localizer) {

    /**
     * One kind of effects.
     *
     * @param texts of which there is one at least
     */
    record Effect(String label, List<String> texts) {}

    List<Effect> of(Act act, ActPreview preview) {
        List<Effect> effects = new ArrayList<>();
        effects.add(new Effect(localizer.of("act.effect.status"), List.of(status(preview))));
        effects.add(effect("seats", preview.seats().stream().map(this::seats).toList()));
        effects.add(effect(
                "money",
                preview.refund() == null
                        ? List.of()
                        : List.of(localizer.of("act.effect.refund", localizer.money(preview.refund())))));
        effects.add(effect(
                "mails",
                preview.mails().stream()
                        .map(kind -> localizer.find("mail." + kind).orElse(kind))
                        .toList()));
        effects.add(
                effect("tickets", preview.tickets().stream().map(this::ticket).toList()));
        if (act == Act.NEW_LINK) {
            effects.add(new Effect(localizer.of("act.effect.links"), List.of(localizer.of("act.effect.links-end"))));
        }
        return effects;
    }

    private Effect effect(String what, List<String> texts) {
        return new Effect(
                localizer.of("act.effect." + what),
                texts.isEmpty() ? List.of(localizer.of("act.effect.no-" + what)) : texts);
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

    /** A state as staff read it. */
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
            case QuotaKey.OfCategory(String code) ->
                terms.category(code).map(Category::name).orElse(code);
            case QuotaKey.OfAddOn(String code) ->
                terms.addOn(code).map(SaleTerms.AddOn::name).orElse(code);
            case QuotaKey.OfVoucher(String code) -> localizer.of("act.quota.voucher", code);
        };
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
