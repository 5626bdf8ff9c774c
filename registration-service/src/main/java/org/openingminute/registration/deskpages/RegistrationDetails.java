package org.openingminute.registration.deskpages;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.desk.TransferWords;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.lifecycle.RegistrationView;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.RegistrationPages;
import org.openingminute.registration.pages.TimeFormat;
import org.openingminute.registration.registrations.TimelineRepository;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Phase;
import org.openingminute.registration.sale.Pricing.Quote.PriceLine;
import org.openingminute.registration.sale.SaleTerms;
import org.openingminute.registration.sale.SaleTerms.AddOn;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Event;
import org.openingminute.ui.part.Figure;
import org.openingminute.ui.part.Table;
import org.openingminute.ui.part.Tone;

/** Builds the content of a registration's page, limited to what the reader's roles may see. */
final class RegistrationDetails {

    /** The entries of the timeline that acts write, by the path of the act's page. */
    private static final Map<String, Set<TimelineNote.Code>> DONE = Map.of(
            "refund", Set.of(TimelineNote.Code.REFUND_ORDERED),
            "mark-paid", Set.of(TimelineNote.Code.MARKED_AS_PAID, TimelineNote.Code.TRANSFER_ARRIVED),
            "accept-offer", Set.of(TimelineNote.Code.OFFER_ACCEPTED),
            "contact", Set.of(TimelineNote.Code.CONTACT_CHANGED),
            "new-link", Set.of(TimelineNote.Code.LINKS_ENDED),
            "cancel", Set.of(TimelineNote.Code.CANCELLED),
            "sell", Set.of(TimelineNote.Code.REGISTERED));

    private final Registration registration;
    private final RegistrationRepresentation seen;
    private final DeskPage page;
    private final Localizer localizer;
    private final TimeFormat times;
    private final SaleTerms terms;

    RegistrationDetails(Registration registration, DeskPage page) {
        this.registration = registration;
        this.seen = RegistrationRepresentation.of(registration, "").seenBy(page.staff());
        this.page = page;
        this.localizer = page.localizer();
        this.times = page.times();
        this.terms = page.conference().definition().registration();
    }

    /**
     * The head of the page.
     *
     * @param status the state, translated
     * @param reason the reason for the state, translated
     * @param needs the open tasks, translated
     */
    record Head(
            String reference,
            Registration.Contact contact,
            String status,
            Tone tone,
            @Nullable String reason,
            TimeFormat.@Nullable FormattedMoment heldUntil,
            List<String> needs) {}

    /**
     * Builds the head of the page.
     *
     * @param needs names of the open tasks
     */
    Head head(List<String> needs) {
        @Nullable Instant heldUntil = registration.hold().expiresAt();
        return new Head(
                registration.reference(),
                registration.contact(),
                text("desk.status.", registration.status().wireName()),
                DeskTones.of(registration.status()),
                because(registration.reason()),
                heldUntil == null ? null : times.at(heldUntil),
                needs.stream().map(need -> text("desk.need.", need)).toList());
    }

    private @Nullable String because(Registration.Reason reason) {
        if (reason.code() != null && reason.note() == null) {
            Optional<String> ours =
                    localizer.find("desk.reason." + reason.code().wireName());
            if (ours.isPresent()) {
                return ours.get();
            }
        }
        return RegistrationPages.because(reason, localizer);
    }

    /** A labelled value. */
    record Fact(String label, String value) {}

    /**
     * An attendee.
     *
     * @param review address of the page on which the proof is accepted or refused
     * @param proof address of the proof's file
     * @param ticket address of the ticket
     * @param badge address of the badge, present whenever the ticket is
     */
    record Person(
            String name,
            String category,
            List<Fact> facts,
            @Nullable String review,
            @Nullable String proof,
            @Nullable String ticket,
            @Nullable String badge) {}

    List<Person> people() {
        Map<UUID, Attendee> whole =
                registration.attendees().stream().collect(Collectors.toMap(Attendee::id, Function.identity()));
        return seen.registration().attendees().stream()
                .map(one -> person(one, whole.get(one.id())))
                .toList();
    }

    /** @param whole the attendee with all fields, including those that the reader may not see */
    private Person person(RegistrationView.AttendeeView one, @Nullable Attendee whole) {
        List<Fact> facts = new ArrayList<>();
        add(facts, "form.email", one.email());
        add(facts, "form.affiliation", one.affiliation());
        add(
                facts,
                "form.country",
                one.country() == null ? null : Locale.of("", one.country()).getDisplayCountry(localizer.locale()));
        add(facts, "form.badge-name", one.badgeName());
        add(facts, "form.add-ons", addOns(one.addOns()));
        add(facts, "form.dietary", one.dietary());
        add(facts, "form.accessibility", one.accessibility());
        add(
                facts,
                "proof.heading",
                one.proof() == null ? null : text("desk.proof.", one.proof().name()));
        boolean opensTickets = page.isForOrganiser() && registration.hasTickets();
        boolean hasFile = one.proof() != null && whole != null && whole.proofFile() != null;
        return new Person(
                one.givenName() + " " + one.familyName(),
                category(one.category()),
                facts,
                whole == null ? null : review(whole),
                hasFile
                        ? DeskEntry.PROOFS.address(registration.conference()) + "/" + registration.id() + "/" + one.id()
                                + "/file"
                        : null,
                opensTickets ? address() + "?ticket=" + one.id() : null,
                opensTickets
                        ? "/api/admin/conferences/" + registration.conference() + "/attendees/" + one.id()
                                + "/badge.pdf"
                        : null);
    }

    /** Returns the review's address if a proof is outstanding, even without a file: the person may have shown the proof elsewhere. */
    private @Nullable String review(Attendee attendee) {
        return page.isForOrganiser() && registration.status() == Status.PENDING_REVIEW && attendee.isUnproved()
                ? DeskEntry.PROOFS.address(registration.conference()) + "/" + registration.id() + "/" + attendee.id()
                : null;
    }

    private void add(List<Fact> facts, String label, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            facts.add(new Fact(localizer.of(label), value));
        }
    }

    private @Nullable String addOns(@Nullable List<Attendee.BookedAddOn> chosen) {
        if (chosen == null) {
            return null;
        }
        Map<String, String> names = terms.addOns().stream().collect(Collectors.toMap(AddOn::code, AddOn::name));
        return chosen.stream()
                .map(one -> names.getOrDefault(one.code(), one.code())
                        + (one.quantity() == 1 ? "" : " × " + one.quantity()))
                .collect(Collectors.joining(", "));
    }

    private String category(String code) {
        return terms.category(code).map(Category::name).orElse(code);
    }

    Table price() {
        List<List<Table.Cell>> rows = new ArrayList<>();
        for (PriceLine line : registration.price().lines()) {
            rows.add(row(line.description(), Integer.toString(line.quantity()), localizer.money(line.amount())));
        }
        addSum(rows, "price.discount", registration.price().discount(), "−");
        addSum(rows, "price.tax", registration.price().tax(), "");
        rows.add(row(localizer.of("price.total"), "", localizer.money(registration.total())));
        return new Table(
                localizer.of("price.caption"),
                List.of(
                        new Table.Column(localizer.of("price.item"), false),
                        new Table.Column(localizer.of("price.quantity"), true),
                        new Table.Column(localizer.of("price.amount"), true)),
                rows);
    }

    private void addSum(List<List<Table.Cell>> rows, String label, Money amount, String sign) {
        if (amount.amount() != 0) {
            rows.add(row(localizer.of(label), "", sign + localizer.money(amount)));
        }
    }

    private static List<Table.Cell> row(String item, String quantity, String amount) {
        return List.of(new Table.Cell(item), new Table.Cell(quantity), new Table.Cell(amount));
    }

    /** Returns the registration's amounts as this service knows them; the ledger belongs to payment-service. */
    List<Figure> figures() {
        RegistrationRepresentation.@Nullable PaymentView payment = seen.payment();
        List<Figure> figures = new ArrayList<>();
        if (payment != null) {
            boolean isPaidInPart = registration.parts().amount() > 0 && !registration.isBeingBooked();
            String status = registration.nothingToPay() ? "nothing" : isPaidInPart ? "part" : payment.status();
            figures.add(figure("payment", text("desk.payment.", status), null));
            figures.add(figure("due", localizer.money(payment.due()), null));
            figures.add(figure(
                    "captured",
                    localizer.money(isPaidInPart ? registration.parts() : payment.captured()),
                    isPaidInPart
                            ? localizer.of("desk.registration.left", localizer.money(TransferWords.due(registration)))
                            : null));
            figures.add(figure("refunded", localizer.money(payment.refunded()), null));
        }
        return figures;
    }

    private Figure figure(String name, String value, @Nullable String hint) {
        return new Figure(localizer.of("desk.registration." + name), value, hint, Tone.NEUTRAL, null);
    }

    List<Fact> facts() {
        Registration.Invoice invoice = registration.invoice();
        List<Fact> facts = new ArrayList<>();
        add(facts, "desk.registrations.at", times.at(registration.createdAt()).text());
        add(
                facts,
                "desk.registration.changed",
                times.at(registration.changedAt()).text());
        add(facts, "desk.registrations.phase", phase(registration.price().phase()));
        add(
                facts,
                "desk.registrations.method",
                text("desk.method.", registration.paymentMethod().name()));
        add(facts, "desk.registrations.voucher", registration.price().voucher());
        add(facts, "form.organization", invoice.organization());
        add(facts, "form.tax-id", invoice.taxId());
        add(facts, "form.address", invoice.address());
        add(facts, "form.purchase-order", invoice.purchaseOrder());
        add(facts, "form.locale", Locale.of(registration.contact().locale()).getDisplayLanguage(localizer.locale()));
        add(facts, "desk.registration.id", registration.id().toString());
        return facts;
    }

    private String phase(String code) {
        return terms.phases().stream()
                .filter(phase -> phase.code().equals(code))
                .map(Phase::name)
                .findFirst()
                .orElse(code);
    }

    /** A link to a document. */
    record Document(String address, String name) {}

    /** Returns links to the invoice, receipts and credit notes; every reader of the page may open them. */
    List<Document> documents() {
        List<Document> documents = new ArrayList<>();
        boolean awaitsTransfer = registration.paymentMethod() == Registration.PaymentMethod.invoice
                && seen.registration().holdExpiresAt() != null;
        add(documents, awaitsTransfer, "invoice");
        add(documents, registration.money().receipt() != null, "receipt");
        add(documents, registration.money().creditNote() != null, "credit-note");
        return documents;
    }

    private void add(List<Document> documents, boolean exists, String name) {
        if (exists) {
            documents.add(
                    new Document(address() + "/money?file=" + name + ".pdf", localizer.of("registration." + name)));
        }
    }

    /** Returns the address of a part that another service renders; {@code null} if the reader may not see it. */
    @Nullable
    String part(DeskEntry entry, String path) {
        return entry.isFor(DeskFrame.reader(page.staff()).roles()) ? address() + "/" + path : null;
    }

    /** Returns the address of this page. */
    private String address() {
        return DeskEntry.REGISTRATIONS.address(registration.conference()) + "/" + registration.id();
    }

    /** Returns the address of the registration's audit entries; {@code null} if the reader may not see them. */
    @Nullable
    String audit() {
        return DeskEntry.AUDIT.isFor(DeskFrame.reader(page.staff()).roles())
                ? DeskEntry.AUDIT.address(registration.conference()) + "?registration=" + registration.id()
                : null;
    }

    /**
     * Says what an act has done, with the amount if money moves.
     *
     * @param act the path of the act's page; {@code null} for none
     * @param entries the timeline, which must contain the act
     * @return {@code null} if the act is unknown or was not done
     */
    @Nullable
    String done(@Nullable String act, List<TimelineRepository.Entry> entries) {
        Set<TimelineNote.Code> codes = act == null ? Set.of() : DONE.getOrDefault(act, Set.of());
        return entries.reversed().stream()
                .map(TimelineRepository.Entry::note)
                .filter(note -> note != null && codes.contains(note.code()))
                .findFirst()
                .flatMap(this::done)
                .orElse(null);
    }

    private Optional<String> done(TimelineNote note) {
        boolean begun = note.code() == TimelineNote.Code.REGISTERED;
        if (begun && registration.paymentMethod() != Registration.PaymentMethod.desk) {
            return Optional.empty();
        }
        @Nullable
        Money amount = begun ? registration.total() : note.parameters().amount();
        String key = "desk.registration.done." + note.code().wireName();
        return amount == null || amount.amount() == 0
                ? localizer.find(key)
                : localizer.find(key + ".amount", localizer.money(amount));
    }

    /**
     * Builds the timeline shown to the reader.
     *
     * @param entries all entries, oldest first
     */
    List<Event> timeline(List<TimelineRepository.Entry> entries) {
        return RegistrationPages.eventsForStaff(page.visible(entries), times, localizer);
    }

    private String text(String prefix, String name) {
        return localizer.find(prefix + name).orElse(name);
    }
}
