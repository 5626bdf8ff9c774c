package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.Examples;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.OrderCheck;
import org.openingminute.registration.sale.Voucher.VoucherProblem;
import org.springframework.context.support.ResourceBundleMessageSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves that English and German texts are complete and have the same parameters. */
class MessagesTest {

    private static final Pattern PLACE = Pattern.compile("\\{\\d(?=[,}])");

    private static final List<VoucherProblem> VOUCHER_PROBLEMS = List.of(
            new VoucherProblem.Unknown("X"),
            new VoucherProblem.UsedUp("X"),
            new VoucherProblem.ForNobodyHere("X"),
            new VoucherProblem.Missing("student", 0));

    @Test
    void german_has_every_text_that_english_has_with_the_same_places() throws IOException {
        Properties english = texts("messages.properties");
        Properties german = texts("messages_de.properties");

        assertThat(german.stringPropertyNames()).containsAll(english.stringPropertyNames());
        assertThat(english.stringPropertyNames())
                .allSatisfy(key -> assertThat(places(german.getProperty(key)))
                        .as(key)
                        .isEqualTo(places(english.getProperty(key))));
    }

    @Test
    void no_text_has_the_apostrophe_that_would_swallow_its_places() throws IOException {
        for (String file : new String[] {"messages.properties", "messages_de.properties"}) {
            assertThat(texts(file).values())
                    .as(file)
                    .noneSatisfy(text -> assertThat(text.toString()).contains("'"));
        }
    }

    @Test
    void field_errors_are_worded_for_the_reader() {
        assertThat(error(english(), FieldError.of("contact.name", "too-long", "has more than {} characters", 200)))
                .isEqualTo("Please use at most 200 characters");
        assertThat(error(english(), FieldError.of("voucher", "never-heard-of", "never heard of it")))
                .as("a code without a text in this service")
                .isEqualTo("never heard of it");
    }

    @Test
    void why_a_voucher_was_refused_is_said_in_german_too() {
        for (VoucherProblem problem : VOUCHER_PROBLEMS) {
            assertThat(error(german(), problem.error()))
                    .as(problem.error().message())
                    .contains("utschein")
                    .isNotEqualTo(problem.error().message());
        }
        assertThat(error(german(), VOUCHER_PROBLEMS.get(3).error())).contains("„student“");
    }

    @Test
    void german_field_errors_do_not_hang_on_the_english_messages() throws IOException {
        ObjectNode definition = Examples.mlsysJson();
        definition.withObject("registration").put("onePerAddress", true);
        JsonNode request = Examples.json("""
                {"contact": {"name": "%s", "email": "x"}, "attendees": [
                  {"category": "none", "givenName": "A\\nB", "dietary": "\\u0007", "email": "a@b.org", "country": "XX",
                   "addOns": [{"code": "tutorials", "quantity": 2}, {"code": "banquet", "quantity": 3}]},
                  {"category": "academic", "email": "a@b.org"}]}""".formatted("x".repeat(201)));
        List<FieldError> errors = new ArrayList<>(
                OrderCheck.check(Examples.read(definition), Examples.request(request), AddressForm.REHEARSAL));
        VOUCHER_PROBLEMS.forEach(problem -> errors.add(problem.error()));
        errors.add(FieldError.of("attendees", "wrong-size", "must be {} to {}", 1, 10));
        errors.add(FieldError.of("voucher", "too-many-tries", "Too many wrong codes were tried."));
        for (String code : List.of("not-an-amount", "not-positive", "not-a-date", "nothing-to-pay")) {
            errors.add(FieldError.of("amount", code, "must be right"));
        }
        for (String code :
                List.of("more-than-left", "not-all-transferred", "far-too-much", "too-little", "other-amount")) {
            errors.add(FieldError.of("amount", code, "must be another", new Money(100, "USD")));
        }
        Set<String> texts = texts("messages_de.properties").stringPropertyNames().stream()
                .filter(key -> key.startsWith("field-error."))
                .collect(Collectors.toSet());

        assertThat(errors).extracting(error -> "field-error." + error.code()).containsAll(texts);
        assertThat(errors)
                .filteredOn(error -> texts.contains("field-error." + error.code()))
                .allSatisfy(error -> {
                    FieldError reworded = new FieldError(
                            error.field(), error.code(), "USD 1.00, put in other words", error.parameters());
                    assertThat(error(german(), reworded))
                            .isEqualTo(error(german(), error))
                            .isNotEqualTo(error.message());
                });
    }

    @Test
    void parameters_of_field_errors_are_written_in_the_language_of_the_page() {
        FieldError money = new FieldError("total", "too-long", "long", List.of(new Money(123_456, "USD")));
        FieldError time = new FieldError(
                "until",
                "too-long",
                "long",
                List.of(Instant.parse("2026-03-01T07:59:59Z"), new Money(1, "USD"), 1_000));

        assertThat(error(german(), money)).isEqualTo("Bitte höchstens 1.234,56 USD Zeichen");
        assertThat(error(english(), money)).isEqualTo("Please use at most USD 1,234.56 characters");
        assertThat(error(german(), time)).isEqualTo("Bitte höchstens 1. März 2026, 07:59 UTC Zeichen");
        assertThat(error(english(), time).replaceAll("\\h", " "))
                .isEqualTo("Please use at most March 1, 2026, 7:59 AM UTC characters");
    }

    @ParameterizedTest
    @EnumSource
    void every_reason_has_a_text_in_both_languages(ReasonCode code) {
        assertThat(RegistrationPage.because(Registration.Reason.of(code), german()))
                .isNotBlank()
                .isNotEqualTo(RegistrationPage.because(Registration.Reason.of(code), english()));
    }

    @Test
    void every_kind_of_mail_has_a_name_in_both_languages() throws IOException {
        Properties english = texts("messages.properties");
        Properties german = texts("messages_de.properties");
        try (InputStream contract =
                Objects.requireNonNull(MessagesTest.class.getResourceAsStream("/contracts/schemas/mail.json"))) {
            List<String> kinds = Examples.json(new String(contract.readAllBytes(), StandardCharsets.UTF_8))
                    .at("/properties/mails/items/properties/kind/examples")
                    .valueStream()
                    .map(kind -> "mail." + kind.stringValue())
                    .toList();

            assertThat(kinds).isNotEmpty();
            assertThat(english.stringPropertyNames()).containsAll(kinds);
            assertThat(german.stringPropertyNames()).containsAll(kinds);
        }
    }

    @Test
    void organisers_words_are_shown_as_they_were_typed() {
        String typed = "Paid USD 1,095.00 twice, see 2026-03-01T10:00:00Z";
        Registration.Reason reason = Registration.Reason.of(ReasonCode.CANCELLED_BY_ORGANISER, typed);

        assertThat(RegistrationPage.because(reason, german())).isEqualTo(typed);
        assertThat(RegistrationPage.because(reason, english())).isEqualTo(typed);
    }

    @Test
    void reason_of_a_later_version_is_shown_as_it_was_written() {
        Registration.Reason later = new Registration.Reason("the venue burned down", null, null);

        assertThat(RegistrationPage.because(later, german())).isEqualTo("the venue burned down");
    }

    @Test
    void money_has_the_decimals_of_its_currency() {
        assertThat(english().money(new Money(115_000, "USD"))).isEqualTo("USD 1,150.00");
        assertThat(german().money(new Money(115_000, "USD"))).isEqualTo("1.150,00 USD");
        assertThat(english().money(new Money(115_000, "JPY"))).isEqualTo("JPY 115,000");
        assertThat(german().money(new Money(1_234_567, "BHD"))).isEqualTo("1.234,567 BHD");
        assertThat(german().money(new Money(-5, "EUR"))).isEqualTo("-0,05 EUR");
    }

    @Test
    void durations_are_given_in_hours_and_minutes() {
        assertThat(english().duration(Duration.ofSeconds(1))).isEqualTo("1 minute");
        assertThat(english().duration(Duration.ofMinutes(15))).isEqualTo("15 minutes");
        assertThat(english().duration(Duration.ofMinutes(61))).isEqualTo("1 hour 1 minute");
        assertThat(english().duration(Duration.ofMinutes(1440))).isEqualTo("24 hours");
        assertThat(german().duration(Duration.ofMinutes(1439))).isEqualTo("23 Stunden 59 Minuten");
        assertThat(german().duration(Duration.ofDays(14).minusSeconds(1))).isEqualTo("14 Tage");
        assertThat(english().duration(Duration.ofDays(14).minusHours(1))).isEqualTo("13 days 23 hours");
        assertThat(german().duration(Duration.ofSeconds(-1))).isEqualTo("0 Minuten");
    }

    @Test
    void single_seat_is_worded_in_the_singular() {
        assertThat(english().of("hold.until", 1)).isEqualTo("Your seat is held until");
        assertThat(english().of("hold.until", 2)).isEqualTo("Your seats are held until");
        assertThat(german().of("hold.until", 1)).isEqualTo("Ihr Platz ist reserviert bis");
        assertThat(german().of("hold.until", 2)).isEqualTo("Ihre Plätze sind reserviert bis");
    }

    private static String error(Localizer localizer, FieldError error) {
        return localizer.of(error, TimeFormat.utc(localizer));
    }

    static Localizer german() {
        return localizer(Locale.GERMAN);
    }

    static Localizer english() {
        return localizer(Locale.ENGLISH);
    }

    private static Localizer localizer(Locale locale) {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("messages");
        messages.setDefaultEncoding("UTF-8");
        messages.setFallbackToSystemLocale(false);
        return new Localizer(messages, locale);
    }

    private static Properties texts(String file) throws IOException {
        Properties texts = new Properties();
        try (InputStream in = MessagesTest.class.getResourceAsStream("/" + file)) {
            texts.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        }
        return texts;
    }

    private static TreeSet<String> places(String text) {
        return PLACE.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }
}
