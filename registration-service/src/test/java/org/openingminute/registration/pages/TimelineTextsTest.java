package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.ReasonCode.LegacyReasons;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.lifecycle.TimelineNote.Code;
import org.openingminute.registration.registrations.TimelineRepository.Entry;
import org.openingminute.registration.sale.Money;
import org.openingminute.ui.part.Event;

/** Proves the timeline's texts on a registration's page, in English and German. */
class TimelineTextsTest {

    private static final Instant AT = Instant.parse("2026-02-02T17:00:00Z");
    private static final Money AMOUNT = new Money(109_500, "USD");

    /** Rows of versions without codes, their meaning, and the texts of German pages. */
    static Stream<Arguments> rows() {
        return Stream.of(
                arguments(
                        "Registered",
                        "Reference ML26-7K3F9Q.",
                        TimelineNote.registered("ML26-7K3F9Q"),
                        "Angemeldet",
                        "Referenz ML26-7K3F9Q."),
                arguments(
                        "Seats held",
                        "They are held while you pay.",
                        TimelineNote.of(Code.SEATS_HELD),
                        "Plätze reserviert",
                        "Die Plätze sind reserviert, während Sie zahlen."),
                arguments(
                        "Seats held",
                        "They are held until your proof was looked at.",
                        TimelineNote.of(Code.SEATS_HELD_FOR_REVIEW),
                        "Plätze reserviert",
                        "Ein Nachweis wird gebraucht."),
                arguments("Confirmed", null, TimelineNote.of(Code.CONFIRMED), "Bestätigt", null),
                arguments(
                        "Confirmed",
                        "There is nothing to pay.",
                        TimelineNote.of(Code.CONFIRMED_WITHOUT_PAYMENT),
                        "Bestätigt",
                        "Es ist nichts zu zahlen."),
                arguments(
                        "Hold extended",
                        "Five minutes more to pay.",
                        TimelineNote.of(Code.HOLD_EXTENDED),
                        "Zeit zum Zahlen verlängert",
                        "Fünf Minuten mehr zum Zahlen."),
                arguments("Proof received", null, TimelineNote.of(Code.PROOF_RECEIVED), "Nachweis eingereicht", null),
                arguments("Proof accepted", null, TimelineNote.of(Code.PROOF_ACCEPTED), "Nachweis anerkannt", null),
                arguments(
                        "Proof refused",
                        "The card has ended.",
                        TimelineNote.proofRefused("The card has ended."),
                        "Nachweis abgelehnt",
                        "The card has ended."),
                arguments(
                        "Offer made",
                        "USD 1095.00",
                        TimelineNote.of(Code.OFFER_MADE, AMOUNT),
                        "Angebot gemacht",
                        "1.095,00 USD"),
                arguments(
                        "No offer possible",
                        "The seats are free for others.",
                        TimelineNote.of(Code.NO_OFFER_POSSIBLE),
                        "Kein Angebot möglich",
                        "Die Plätze sind für andere frei."),
                arguments(
                        "Offer accepted",
                        "USD 1,095.00",
                        TimelineNote.of(Code.OFFER_ACCEPTED, AMOUNT),
                        "Angebot angenommen",
                        "1.095,00 USD"),
                arguments(
                        "Expired",
                        "The time ran out, and the seats are free for others.",
                        TimelineNote.of(Code.EXPIRED),
                        "Abgelaufen",
                        "Die Zeit ist abgelaufen, und die Plätze sind für andere frei."),
                arguments("Cancelled", null, TimelineNote.of(Code.CANCELLED), "Storniert", null),
                arguments(
                        "Cancelled",
                        "USD 1095.00 will be given back.",
                        TimelineNote.of(Code.CANCELLED, AMOUNT),
                        "Storniert",
                        "1.095,00 USD werden erstattet."),
                arguments(
                        "Payment received",
                        "JPY 1095",
                        TimelineNote.of(Code.PAYMENT_RECEIVED, new Money(1_095, "JPY")),
                        "Zahlung eingegangen",
                        "1.095 JPY"),
                arguments(
                        "Payment failed",
                        "The card was declined: there are not enough funds.",
                        failed(PaymentSnapshot.ReportedFailureCode.INSUFFICIENT_FUNDS),
                        "Zahlung fehlgeschlagen",
                        "Die Karte wurde abgelehnt: Sie ist nicht gedeckt."),
                arguments(
                        "Payment failed",
                        "The payment was not confirmed.",
                        failed(PaymentSnapshot.ReportedFailureCode.NOT_CONFIRMED),
                        "Zahlung fehlgeschlagen",
                        "Die Zahlung wurde nicht freigegeben."),
                arguments(
                        "Payment failed",
                        "a-provider's-own",
                        failed(null),
                        "Zahlung fehlgeschlagen",
                        "a-provider's-own"),
                arguments(
                        "Payment is given back",
                        "the payment came after the hold, and the seats were taken by then",
                        TimelineNote.paymentGivenBack(ReasonCode.PAID_LATE_SEATS_TAKEN),
                        "Zahlung wird erstattet",
                        "Die Zahlung kam zu spät, und die Plätze waren vergeben."),
                arguments(
                        "Payment is given back",
                        null,
                        TimelineNote.paymentGivenBack(null),
                        "Zahlung wird erstattet",
                        null),
                arguments(
                        "Payment disputed",
                        "Tickets cannot be used until this is settled.",
                        TimelineNote.of(Code.PAYMENT_DISPUTED),
                        "Zahlung angefochten",
                        "Bis das geklärt ist, gelten die Tickets nicht."),
                arguments(
                        "Dispute won",
                        null,
                        TimelineNote.of(Code.DISPUTE_WON),
                        "Die kartenausgebende Bank hat entschieden, dass die Zahlung gilt",
                        null),
                arguments(
                        "Dispute lost",
                        null,
                        TimelineNote.of(Code.DISPUTE_LOST),
                        "Die kartenausgebende Bank hat die Zahlung zurückgeholt",
                        null),
                arguments(
                        "Refund ordered",
                        "USD 1095.00",
                        TimelineNote.of(Code.REFUND_ORDERED, AMOUNT),
                        "Erstattung veranlasst",
                        "1.095,00 USD"),
                arguments(
                        "Refund made",
                        "USD 1095.00",
                        TimelineNote.of(Code.REFUND_MADE, AMOUNT),
                        "Erstattet",
                        "1.095,00 USD"),
                arguments(
                        "Refund failed",
                        "The organiser has been told.",
                        TimelineNote.of(Code.REFUND_FAILED),
                        "Erstattung fehlgeschlagen",
                        "Die Veranstalter sind benachrichtigt."),
                arguments(
                        "Marked as paid",
                        "USD 1095.00, SEPA 17",
                        TimelineNote.transferred(Code.MARKED_AS_PAID, AMOUNT, "SEPA 17"),
                        "Als bezahlt vermerkt",
                        "1.095,00 USD, SEPA 17"),
                arguments(
                        "Transfer arrived",
                        "USD 1095.00, SEPA 17",
                        TimelineNote.transferred(Code.TRANSFER_ARRIVED, AMOUNT, "SEPA 17"),
                        "Überweisung angekommen",
                        "1.095,00 USD, SEPA 17"),
                arguments(
                        "Mail sent",
                        "late payment refunded",
                        TimelineNote.mail(Code.MAIL_SENT, "late-payment-refunded"),
                        "E-Mail verschickt",
                        "Späte Zahlung erstattet"),
                arguments(
                        "Mail came back",
                        "pay now",
                        TimelineNote.mail(Code.MAIL_CAME_BACK, "pay-now"),
                        "E-Mail kam zurück",
                        "Bitte zahlen"),
                arguments(
                        "Mail could not be sent",
                        "link",
                        TimelineNote.mail(Code.MAIL_NOT_SENT, "link"),
                        "E-Mail konnte nicht verschickt werden",
                        "Ein neuer Link zur Anmeldung"));
    }

    /** Rows with codes that no earlier version wrote as text. */
    private static Stream<Arguments> laterRows() {
        return Stream.of(
                arguments(
                        "Mailed link opened",
                        "The seats are held for longer.",
                        TimelineNote.of(Code.LINK_OPENED),
                        "Link aus der E-Mail geöffnet",
                        "Die Plätze sind länger reserviert."),
                arguments(
                        "Links ended",
                        "A new one is mailed to the contact.",
                        TimelineNote.of(Code.LINKS_ENDED),
                        "Links ungültig gemacht",
                        "Die Kontaktperson bekommt einen neuen per E-Mail."),
                arguments(
                        "Contact changed",
                        "Former links have ended. A new one is mailed to the contact.",
                        TimelineNote.of(Code.CONTACT_CHANGED),
                        "Kontakt geändert",
                        "Frühere Links gelten nicht mehr. Die Kontaktperson bekommt einen neuen per E-Mail."),
                arguments(
                        "Refund came back",
                        "USD 1095.00",
                        TimelineNote.of(Code.REFUND_RETURNED, AMOUNT),
                        "Erstattung kam zurück",
                        "1.095,00 USD"),
                arguments(
                        "Bank asks about the payment",
                        "No money is taken, and tickets stay valid.",
                        TimelineNote.of(Code.INQUIRY_OPENED),
                        "Rückfrage der kartenausgebenden Bank zur Zahlung",
                        "Es wird nichts zurückgeholt, und Tickets gelten weiter."),
                arguments(
                        "Bank no longer asks",
                        null,
                        TimelineNote.of(Code.INQUIRY_CLOSED),
                        "Rückfrage der kartenausgebenden Bank erledigt",
                        null));
    }

    private static Stream<Arguments> allRows() {
        return Stream.concat(rows(), laterRows());
    }

    @Test
    void every_code_is_in_the_table() {
        Set<Code> codes =
                allRows().map(row -> ((TimelineNote) row.get()[2]).code()).collect(Collectors.toSet());

        assertThat(codes).isEqualTo(EnumSet.allOf(Code.class));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void row_without_a_code_is_shown_as_before(
            String what, @Nullable String detail, TimelineNote note, String german, @Nullable String germanDetail) {
        assertThat(LegacyReasons.note(what, detail)).isEqualTo(note);
        assertThat(shown(new Entry(AT, null, what, detail, LegacyReasons.note(what, detail)), MessagesTest.german()))
                .containsExactly(german, germanDetail);
    }

    @ParameterizedTest
    @MethodSource("allRows")
    void german_text_depends_on_the_code_alone(
            String what, @Nullable String detail, TimelineNote note, String german, @Nullable String germanDetail) {
        boolean ours = germanDetail != null && !germanDetail.equals(detail);
        Entry row = new Entry(AT, note.code().wireName(), what + ",", ours ? detail + "," : detail, note);

        assertThat(shown(row, MessagesTest.german())).containsExactly(german, germanDetail);
    }

    @ParameterizedTest
    @MethodSource("allRows")
    void english_row_is_what_versions_without_codes_wrote(
            String what, @Nullable String detail, TimelineNote note, String german, @Nullable String germanDetail) {
        assertThat(note.what()).isEqualTo(what);
        if (!"a-provider's-own".equals(detail)) {
            assertThat(note.detail()).isEqualTo(detail == null ? null : detail.replace("1,095", "1095"));
        }
    }

    @ParameterizedTest
    @EnumSource(PaymentSnapshot.ReportedFailureCode.class)
    void every_failure_has_a_text_in_both_languages(PaymentSnapshot.ReportedFailureCode code) {
        TimelineNote note = TimelineNote.paymentFailed(new PaymentSnapshot.ReportedFailure(AT, code.wireName(), code));
        Entry row = new Entry(AT, note.code().wireName(), note.what(), note.detail(), note);

        assertThat(shown(row, MessagesTest.english())).containsExactly("Payment failed", note.detail());
        assertThat(shown(row, MessagesTest.german()).getLast()).isNotBlank().isNotEqualTo(note.detail());
    }

    @Test
    void row_of_a_later_version_is_shown_as_it_was_written() {
        Entry row = new Entry(AT, "seat-moved", "Seat moved", "To the balcony.", null);

        assertThat(shown(row, MessagesTest.german())).containsExactly("Seat moved", "To the balcony.");
    }

    @Test
    void parameter_that_is_missing_leaves_what_was_written() {
        Entry row = new Entry(
                AT, "refund-made", "Refund made", "USD 10.00 by post", TimelineNote.of(Code.REFUND_MADE, null));

        assertThat(shown(row, MessagesTest.german())).containsExactly("Erstattet", "USD 10.00 by post");
    }

    @Test
    void staff_read_about_the_registrant_and_not_about_themselves() {
        Entry held = new Entry(
                AT, "seats-held", "Seats held", "They are held while you pay.", TimelineNote.of(Code.SEATS_HELD));
        Entry later = new Entry(AT, "seat-moved", "Seat moved", "To the balcony.", null);

        assertThat(RegistrationPages.eventsForStaff(
                        List.of(held, later), TimeFormat.utc(MessagesTest.english()), MessagesTest.english()))
                .extracting(Event::detail)
                .containsExactly("They are held until the time to pay is over.", "To the balcony.");
    }

    private static TimelineNote failed(PaymentSnapshot.@Nullable ReportedFailureCode code) {
        return new TimelineNote(Code.PAYMENT_FAILED, new TimelineNote.Parameters(null, null, code, null, null, null));
    }

    private static List<@Nullable String> shown(Entry row, Localizer localizer) {
        RegistrationPage.TimelineEvent event =
                RegistrationPage.TimelineEvent.of(row, TimeFormat.utc(localizer), localizer);
        return Arrays.asList(event.what(), event.detail());
    }
}
