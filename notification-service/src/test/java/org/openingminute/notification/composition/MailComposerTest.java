package org.openingminute.notification.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.projection.States.CONFERENCE;
import static org.openingminute.notification.projection.States.HOLD_EXPIRES_AT;
import static org.openingminute.notification.projection.States.ID;
import static org.openingminute.notification.projection.States.because;
import static org.openingminute.notification.projection.States.payment;
import static org.openingminute.notification.projection.States.refund;
import static org.openingminute.notification.projection.States.registration;
import static org.openingminute.notification.projection.States.reviewed;
import static org.openingminute.notification.projection.States.usd;
import static org.openingminute.notification.projection.States.withoutCode;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.DueMails;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.projection.Money;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.PaymentSnapshot.DisputeStatus;
import org.openingminute.notification.projection.PaymentSnapshot.RefundStatus;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedDispute;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedDocument;
import org.openingminute.notification.projection.ReasonCode;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedContact;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedProof;
import org.openingminute.notification.projection.RegistrationStatus;
import org.openingminute.notification.projection.States;
import org.springframework.web.util.HtmlUtils;

/** Proves the texts of mails about registrations, rendered without Spring or a mail server. */
class MailComposerTest {

    private static final UUID REFUND = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8ae");
    private static final AccessTokens TOKENS = AccessTokens.of("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    private static final String TOKEN =
            TOKENS.sign(AccessToken.ofContact(UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57"), 0));

    private final MailComposer composer = new MailComposer(
            CompositionConfiguration.templates(),
            CompositionConfiguration.messages(),
            TOKENS,
            "https://tickets.example.org",
            OwnWordings.NONE);

    static Stream<Arguments> kindsAndLanguages() {
        return Arrays.stream(MailKind.values())
                .flatMap(kind -> Stream.of("en", "de").map(locale -> Arguments.of(kind, locale)));
    }

    @ParameterizedTest
    @MethodSource("kindsAndLanguages")
    void html_and_text_say_the_same(MailKind kind, String locale) {
        ComposedMail mail = compose(kind, locale, "Ada Lovelace");

        String html = HtmlUtils.htmlUnescape(mail.html());
        String visible = html.substring(html.indexOf("<body"))
                .replaceAll("<a [^>]*href=\"([^\"]*)\"[^>]*>", " $1 ")
                .replaceAll("<[^>]*>", " ");
        assertThat(words(mail.text())).containsAll(words(visible));
        assertThat(words(visible)).containsAll(words(mail.text()));
    }

    static Stream<Arguments> withLinks() {
        return kindsAndLanguages().filter(arguments -> arguments.get()[0] != MailKind.CONTACT_CHANGED);
    }

    @ParameterizedTest
    @MethodSource("withLinks")
    void every_mail_names_conference_registrant_order_and_link(MailKind kind, String locale) {
        ComposedMail mail = compose(kind, locale, "Ada Lovelace");

        boolean german = locale.equals("de");
        assertThat(mail.subject()).contains("MLSys 2026", "ML26-7K3F9Q").doesNotContain("{", "''");
        assertThat(mail.text())
                .contains("Ada Lovelace", "ML26-7K3F9Q", "Conference on Machine Learning and Systems 2026")
                .contains("Academic (Ada Lovelace)", "2 × Banquet guest (Grace Hopper)")
                .contains(
                        german
                                ? Set.of(
                                        "800,00 USD",
                                        "650,00 USD",
                                        "−50,00 USD",
                                        "12,34 USD",
                                        "18. Mai 2026",
                                        "Vereinigte Staaten")
                                : Set.of(
                                        "USD 800.00",
                                        "USD 650.00",
                                        "−USD 50.00",
                                        "USD 12.34",
                                        "May 18, 2026",
                                        "United States"))
                .contains("https://tickets.example.org/open#" + TOKEN)
                .doesNotContain("{0}", "{1}", "''", "null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void former_contact_is_told_by_name_and_gets_neither_link_nor_order(String locale) {
        ComposedMail mail = compose(MailKind.CONTACT_CHANGED, locale, "Ada Lovelace");

        assertThat(mail.subject()).contains("MLSys 2026", "ML26-7K3F9Q").doesNotContain("{", "''");
        assertThat(mail.text())
                .contains("Ada Lovelace", "ML26-7K3F9Q")
                .doesNotContain("http", "USD", "Grace", TOKEN, "{0}", "null");
        assertThat(mail.html()).doesNotContain("href", "<table", "<h2", "Grace", TOKEN);
    }

    @ParameterizedTest
    @MethodSource("withLinks")
    void kept_mails_have_no_token(MailKind kind, String locale) {
        ComposedMail mail = compose(kind, locale, "Ada Lovelace");

        assertThat(mail.keptText()).contains("/open#•••").doesNotContain(TOKEN);
        assertThat(mail.keptHtml()).contains("/open#•••").doesNotContain(TOKEN);
        assertThat(mail.subject()).doesNotContain(TOKEN);
        assertThat(mail.toString()).doesNotContain(TOKEN);
    }

    @Test
    void deadlines_are_in_the_time_zone_of_the_conference() {
        assertThat(compose(MailKind.PAY_NOW, "en", "Ada").text()).contains("until February 2, 2026, 9:15\u202fAM PST.");
        assertThat(compose(MailKind.PAY_NOW, "de", "Ada").text()).contains("bis 2. Februar 2026, 09:15 PST.");
    }

    @Test
    void money_has_the_form_of_the_pages() {
        RegistrationSnapshot dear = registration(RegistrationStatus.CONFIRMED, 115_000, 115_000, 0, "Ada", "en");
        RegistrationSnapshot teuer = registration(RegistrationStatus.CONFIRMED, 115_000, 115_000, 0, "Ada", "de");

        assertThat(confirmation(dear).text()).contains("We received your payment of USD 1,150.00.");
        assertThat(confirmation(teuer).text()).contains("Ihre Zahlung von 1.150,00 USD ist");
    }

    @ParameterizedTest
    @MethodSource("kindsAndLanguages")
    void one_attendee_has_one_seat(MailKind kind, String locale) {
        ComposedMail one = compose(kind, locale, "Ada", 1);
        ComposedMail two = compose(kind, locale, "Ada", 2);

        assertThat(one.subject() + withoutLink(one.text())).doesNotContainPattern("(?i)seats|plätze|tickets");
        assertThat(two.subject() + withoutLink(two.text()))
                .doesNotContainPattern("(?i)\\b(seat|platz|ticket(?! (for|für)))\\b");
    }

    private static String withoutLink(String text) {
        return text.replaceAll("https://\\S+", "");
    }

    private ComposedMail confirmation(RegistrationSnapshot state) {
        return composer.compose(
                new DueMail(MailKind.CONFIRMATION, ""), new RegistrationProjection(state, null, null), CONFERENCE);
    }

    @Test
    void another_language_gets_english_and_any_german_german() {
        assertThat(compose(MailKind.CONFIRMATION, "fr", "Ada").text()).contains("Dear Ada");
        assertThat(compose(MailKind.CONFIRMATION, "", "Ada").text()).contains("Dear Ada");
        assertThat(compose(MailKind.CONFIRMATION, "de-AT", "Ada").text()).contains("Guten Tag Ada");
        assertThat(compose(MailKind.CONFIRMATION, "de_CH", "Ada").html()).contains("lang=\"de\"");
    }

    @Test
    void markup_and_line_breaks_in_names_stay_names() {
        ComposedMail mail = compose(MailKind.CONFIRMATION, "en", "<b>Eve</b>\r\n.\r\nPay here: {0} \u202Egro");

        assertThat(mail.html()).doesNotContain("<b>").contains("&lt;b&gt;Eve&lt;/b&gt;");
        assertThat(mail.text()).contains("Dear <b>Eve</b> . Pay here: {0} gro,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Win at https://evil.example",
                "WWW.evil.example",
                "eve@evil.example",
                "A name of sixty-one characters, in which much can be said at once"
            })
    void greeting_leaves_out_a_name_that_could_lead_somewhere(String name) {
        assertThat(compose(MailKind.PAY_NOW, "en", name).text())
                .startsWith("Hello,\n")
                .doesNotContain(name);
        assertThat(compose(MailKind.PAY_NOW, "de", name).text())
                .startsWith("Guten Tag,\n")
                .doesNotContain(name);
        assertThat(compose(MailKind.PAY_NOW, "en", name).html()).doesNotContain("evil", "sixty");
    }

    @Test
    void name_of_which_a_part_is_left_out_leaves_no_gap() {
        RegistrationSnapshot state =
                registration(RegistrationStatus.PENDING_PAYMENT, 80_000, 0, 0, "www.evil.example", "en");
        List<RegistrationSnapshot.ReportedAttendee> attendees = List.of(
                new RegistrationSnapshot.ReportedAttendee(States.ID, "www.evil.example", "Lovelace", null),
                new RegistrationSnapshot.ReportedAttendee(States.ID, "Grace", "eve@evil.example", null));
        String text = composer.compose(
                        new DueMail(MailKind.PAY_NOW, ""),
                        new RegistrationProjection(
                                copy(state, state.reference(), state.refunded(), state.reason(), attendees),
                                null,
                                null),
                        CONFERENCE,
                        (_, _, _) -> Optional.of(
                                new OwnWording("{conference}", "Dear {name},\n\nplease pay {total} by {deadline}.")))
                .text();

        assertThat(text)
                .contains("Academic (Lovelace)", "Banquet guest (Grace)", "Dear conference guest,")
                .doesNotContain("evil");
    }

    @Test
    void link_that_is_to_be_opened_bears_a_token_that_is_mailed_alone() {
        String delivered = TOKENS.sign(AccessToken.ofContact(States.ID, 0).toBeDelivered());
        for (MailKind kind : List.of(MailKind.PAY_NOW, MailKind.PROOF_WANTED)) {
            String text = composer.compose(
                            new DueMail(kind, ""),
                            new RegistrationProjection(
                                    States.toBeOpened(States.byInvoice(registration(
                                            RegistrationStatus.PENDING_PAYMENT, 80_000, 0, 0, "Ada", "en"))),
                                    null,
                                    null),
                            CONFERENCE)
                    .text();
            assertThat(text)
                    .contains("/open#" + delivered, "Please open your registration with the link in this email")
                    .contains("until February 2, 2026", "until February 16, 2026", "by February 16, 2026")
                    .doesNotContain("by February 2, 2026");
            assertThat(text).doesNotContain(TOKEN);
        }
        assertThat(compose(MailKind.PROOF_WANTED, "en", "Ada").text()).doesNotContain("Please open your registration");
    }

    @Test
    void mail_promises_no_longer_hold_if_the_link_gives_none() {
        RegistrationSnapshot accepted = States.toBeOpened(
                States.byInvoice(registration(RegistrationStatus.PENDING_PAYMENT, 80_000, 0, 0, "Ada", "en")), null);
        assertThat(composer.compose(
                                new DueMail(MailKind.PAY_NOW, ""),
                                new RegistrationProjection(accepted, null, null),
                                CONFERENCE)
                        .text())
                .contains("We are holding your seats until February 2, 2026")
                .doesNotContain("Please open your registration");
    }

    @Test
    void free_registration_mail_says_so() {
        RegistrationSnapshot free = registration(RegistrationStatus.CONFIRMED, 0, 0, 0, "Ada", "en");
        ComposedMail mail = composer.compose(
                new DueMail(MailKind.CONFIRMATION, ""), new RegistrationProjection(free, null, null), CONFERENCE);

        assertThat(mail.text()).contains("There is nothing to pay.").doesNotContain("We received");
    }

    @Test
    void coded_reasons_are_in_the_language_of_the_mail() {
        assertThat(cancelled("de", "cancelled by the registrant").text())
                .contains("Grund: von Ihnen storniert")
                .doesNotContain("by the registrant");
        assertThat(cancelled("en", "cancelled by the registrant").text()).contains("Reason: cancelled by you");
        assertThat(cancelled("de", "Visum abgelehnt").text()).contains("Grund: Visum abgelehnt");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
    void every_reason_has_a_text_in_both_languages(ReasonCode code) {
        String key = (code.isAboutMoney() ? "refund-why." : "reason.") + code.wireName();

        assertThat(Localizer.in("en", CompositionConfiguration.messages()).text(key))
                .isNotBlank()
                .isNotEqualTo(
                        Localizer.in("de", CompositionConfiguration.messages()).text(key));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
    void german_mail_depends_on_the_code_alone(ReasonCode code) {
        for (RegistrationSnapshot state : List.of(
                registration(RegistrationStatus.CANCELLED, 80_000, 80_000, 0, "Ada", "de"),
                registration(RegistrationStatus.REJECTED, 80_000, 0, 0, "Ada", "de"),
                registration(RegistrationStatus.EXPIRED, 80_000, 80_000, 80_000, "Ada", "de"))) {
            RegistrationProjection one =
                    projection(because(state, new RegistrationSnapshot.Reason("one sentence", code, null)));
            RegistrationProjection other =
                    projection(because(state, new RegistrationSnapshot.Reason("another, sentence", code, null)));
            List<DueMail> due = DueMails.by(one, Instant.EPOCH);

            assertThat(DueMails.by(other, Instant.EPOCH)).isEqualTo(due);
            for (DueMail mail : due) {
                assertThat(composer.compose(mail, other, CONFERENCE))
                        .isEqualTo(composer.compose(mail, one, CONFERENCE));
                assertThat(composer.compose(mail, one, CONFERENCE).text()).doesNotContain("one sentence");
            }
        }
    }

    @Test
    void organisers_words_are_mailed_as_they_were_typed() {
        String typed = "the payment was taken back";
        RegistrationSnapshot state = because(
                registration(RegistrationStatus.CANCELLED, 80_000, 0, 0, "Ada", "de"),
                new RegistrationSnapshot.Reason(typed, ReasonCode.CANCELLED_BY_ORGANISER, typed));

        assertThat(cancelled(state).text()).contains("Grund: " + typed);
    }

    @Test
    void code_of_a_later_version_leaves_the_sentence() {
        RegistrationSnapshot state = because(
                registration(RegistrationStatus.CANCELLED, 80_000, 0, 0, "Ada", "de"),
                new RegistrationSnapshot.Reason("cancelled by the registrant", ReasonCode.UNKNOWN, null));

        assertThat(cancelled(state).text()).contains("Grund: cancelled by the registrant");
    }

    private static RegistrationProjection projection(RegistrationSnapshot state) {
        return new RegistrationProjection(
                state, payment(PaymentSnapshot.ReportedStatus.REFUNDED, refund(REFUND, RefundStatus.DONE)), null);
    }

    @Test
    void a_refused_proof_names_what_is_offered_and_for_how_much() {
        RegistrationSnapshot.ReportedOffer offer = new RegistrationSnapshot.ReportedOffer(
                List.of(new RegistrationSnapshot.ReportedOrderLine("Industry", 0, 1, usd(95_000))),
                usd(0),
                usd(0),
                usd(95_000));
        RegistrationSnapshot rejected = registration(RegistrationStatus.REJECTED);

        assertThat(proofRefused(reviewed(rejected, HOLD_EXPIRES_AT, offer, ReportedProof.REFUSED))
                        .text())
                .contains("at the ordinary price, USD 950.00 in total, if you accept our offer by February 2, 2026")
                .contains("Industry (Ada Lovelace): USD 950.00", "Total: USD 950.00", "View the offer")
                .doesNotContain("Academic", "USD 800.00");
        assertThat(proofRefused(reviewed(rejected, null, null, ReportedProof.REFUSED))
                        .text())
                .contains("We have nothing else to offer you", "View your registration")
                .doesNotContain("if you accept our offer", "View the offer", "the end of the sale");
    }

    private ComposedMail proofRefused(RegistrationSnapshot state) {
        return composer.compose(
                new DueMail(MailKind.PROOF_REFUSED, ""), new RegistrationProjection(state, null, null), CONFERENCE);
    }

    @Test
    void earlier_refunds_are_not_promised_again() {
        RegistrationSnapshot state = registration(RegistrationStatus.CANCELLED, 80_000, 160_000, 0, "Ada", "en");

        assertThat(cancelled(withRefunded(state)).text())
                .contains("there is no refund")
                .doesNotContain("You will get");
    }

    @Test
    void a_returned_surplus_is_not_part_of_the_cancellation() {
        RegistrationSnapshot state = registration(RegistrationStatus.CANCELLED, 80_000, 80_000, 40_000, "Ada", "en");
        PaymentSnapshot.ReportedRefund surplus = new PaymentSnapshot.ReportedRefund(
                REFUND, usd(2_000), RefundStatus.DONE, States.CHANGED_AT, true, true, null);
        RegistrationProjection projection = new RegistrationProjection(
                state, paid(surplus, new ReportedDispute(REFUND, usd(80_000), DisputeStatus.WON)), null);

        assertThat(composer.compose(new DueMail(MailKind.CANCELLED, ""), projection, CONFERENCE)
                        .text())
                .contains("USD 400.00")
                .doesNotContain("USD 20.00", "bank transfer");
    }

    @Test
    void nothing_becomes_a_second_line_of_the_subject() {
        RegistrationSnapshot state =
                with(registration(RegistrationStatus.CANCELLED), "ML26\r\nBcc: eve@example.org", null);

        assertThat(cancelled(state).subject()).doesNotContain("\r", "\n").contains("ML26 Bcc");
    }

    @Test
    void each_row_of_the_order_has_a_heading_that_a_screen_reader_tells() {
        assertThat(compose(MailKind.CONFIRMATION, "en", "Ada").html())
                .containsPattern("<th scope=\"row\"[^>]*>Total</th>")
                .containsPattern("<th scope=\"row\"[^>]*>Academic \\(Ada Lovelace\\)</th>");
    }

    private ComposedMail cancelled(String locale, String reason) {
        return cancelled(
                with(registration(RegistrationStatus.CANCELLED, 80_000, 0, 0, "Ada", locale), "ML26-7K3F9Q", reason));
    }

    private ComposedMail cancelled(RegistrationSnapshot state) {
        return composer.compose(
                new DueMail(MailKind.CANCELLED, ""), new RegistrationProjection(state, null, null), CONFERENCE);
    }

    private static RegistrationSnapshot with(RegistrationSnapshot state, String reference, @Nullable String reason) {
        return copy(state, reference, state.refunded(), withoutCode(reason));
    }

    private static RegistrationSnapshot withRefunded(RegistrationSnapshot state) {
        return copy(state, state.reference(), usd(80_000), state.reason());
    }

    private static RegistrationSnapshot withAttendees(RegistrationSnapshot state, int attendees) {
        return copy(
                state,
                state.reference(),
                state.refunded(),
                state.reason(),
                state.attendees().subList(0, attendees));
    }

    private static RegistrationSnapshot copy(
            RegistrationSnapshot state,
            String reference,
            @Nullable Money refunded,
            RegistrationSnapshot.Reason reason) {
        return copy(state, reference, refunded, reason, state.attendees());
    }

    private static RegistrationSnapshot copy(
            RegistrationSnapshot state,
            String reference,
            @Nullable Money refunded,
            RegistrationSnapshot.Reason reason,
            List<RegistrationSnapshot.ReportedAttendee> attendees) {
        return new RegistrationSnapshot(
                state.id(),
                reference,
                state.conference(),
                state.status(),
                state.contact(),
                state.contactGeneration(),
                state.formerContacts(),
                attendees,
                state.total(),
                state.discount(),
                state.tax(),
                state.lines(),
                state.holdExpiresAt(),
                state.changedAt(),
                state.captured(),
                refunded,
                reason,
                state.refundPlanned(),
                state.offer(),
                state.paymentMethod(),
                state.awaitsOpening(),
                state.holdOnceOpened());
    }

    @Test
    void both_languages_have_the_same_lines() throws IOException {
        assertThat(lines("words_de.properties")).isEqualTo(lines("words.properties"));
    }

    private ComposedMail compose(MailKind kind, String locale, String name) {
        return compose(kind, locale, name, 2);
    }

    private ComposedMail compose(MailKind kind, String locale, String name, int attendees) {
        RegistrationStatus status = switch (kind) {
            case PAY_NOW, PAYMENT_FAILED, PROOF_ACCEPTED -> RegistrationStatus.PENDING_PAYMENT;
            case CONFIRMATION, REFUND_MADE, REFUND_FAILED, PAYMENT_DISPUTED, DISPUTE_SETTLED, LINK, CONTACT_CHANGED ->
                RegistrationStatus.CONFIRMED;
            case EXPIRED, LATE_PAYMENT_REFUNDED -> RegistrationStatus.EXPIRED;
            case CANCELLED -> RegistrationStatus.CANCELLED;
            case PROOF_WANTED -> RegistrationStatus.PENDING_REVIEW;
            case PROOF_REFUSED -> RegistrationStatus.REJECTED;
        };
        long captured = switch (kind) {
            case CONFIRMATION,
                    CANCELLED,
                    LATE_PAYMENT_REFUNDED,
                    REFUND_MADE,
                    REFUND_FAILED,
                    PAYMENT_DISPUTED,
                    DISPUTE_SETTLED,
                    LINK,
                    CONTACT_CHANGED -> 80_000;
            case PAY_NOW, PAYMENT_FAILED, EXPIRED, PROOF_WANTED, PROOF_ACCEPTED, PROOF_REFUSED -> 0;
        };
        long refundPlanned = kind == MailKind.CANCELLED || kind == MailKind.LATE_PAYMENT_REFUNDED ? 40_000 : 0;
        RegistrationSnapshot state =
                withAttendees(registration(status, 80_000, captured, refundPlanned, name, locale), attendees);
        boolean isCorrected = kind == MailKind.CONTACT_CHANGED;
        RegistrationProjection projection = new RegistrationProjection(
                isCorrected
                        ? States.correctedTo(new ReportedContact("Grace Hopper", "grace@example.org", "en"), state)
                        : state,
                paid(refund(REFUND, RefundStatus.DONE), new ReportedDispute(REFUND, usd(80_000), DisputeStatus.OPEN)),
                null);
        String something = isCorrected ? "1" : REFUND.toString();
        return composer.compose(new DueMail(kind, kind.isAboutSomething() ? something : ""), projection, CONFERENCE);
    }

    private static PaymentSnapshot paid(PaymentSnapshot.ReportedRefund refund, ReportedDispute dispute) {
        return new PaymentSnapshot(
                ID,
                PaymentSnapshot.ReportedStatus.PARTLY_REFUNDED,
                List.of(),
                List.of(refund),
                List.of(dispute),
                null,
                new ReportedDocument("2026-000001"),
                List.of(new ReportedDocument("C2026-000001")));
    }

    private static Set<String> words(String text) {
        return new HashSet<>(
                Arrays.asList(Pattern.compile("[\\s:]+").split(text.strip().toLowerCase(Locale.ROOT))));
    }

    private static Set<Object> lines(String file) throws IOException {
        Properties lines = new Properties();
        try (var in = MailComposer.class.getResourceAsStream("/mails/" + file)) {
            lines.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        }
        return lines.keySet();
    }
}
