package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.registration.form.FieldError;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.VoucherProblem;
import org.springframework.context.support.ResourceBundleMessageSource;

class MessagesTest {

    private static final Pattern PLACE = Pattern.compile("\\{\\d(?=[,}])");

    private static final Path DECISION = Path.of("src/main/java/org/openingminute/registration/decision");

    /** A call of {@code note}: what, and the detail. */
    private static final Pattern NOTE = Pattern.compile("sale\\.note\\(\\s*[^,]+,([^,]+),(.*?)\\);\\s", Pattern.DOTALL);

    private static final Pattern LITERAL = Pattern.compile("\"([^\"]+)\"");

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
    void what_is_wrong_with_a_field_is_said_to_who_stands_before_it() {
        assertThat(error(english(), new FieldError("contact.name", "has more than 200 characters")))
                .isEqualTo("Please use at most 200 characters");
        assertThat(error(english(), new FieldError("voucher", "never heard of it")))
                .as("a message without a text here")
                .isEqualTo("never heard of it");
    }

    @Test
    void why_a_voucher_was_refused_is_said_in_german_too() {
        List<VoucherProblem> problems = List.of(
                new VoucherProblem.Unknown("X"),
                new VoucherProblem.Ended("X", Instant.parse("2026-03-01T07:59:59Z")),
                new VoucherProblem.UsedUp("X"),
                new VoucherProblem.ForNobodyHere("X"),
                new VoucherProblem.Missing("student", 0));
        for (VoucherProblem problem : problems) {
            assertThat(error(german(), new FieldError("voucher", problem.message())))
                    .as(problem.message())
                    .contains("utschein")
                    .isNotEqualTo(problem.message());
        }
        FieldError ended = new FieldError("voucher", problems.get(1).message());
        assertThat(error(german(), ended)).isEqualTo("Dieser Gutschein galt bis 1. März 2026, 07:59 UTC.");
        assertThat(error(english(), ended).replaceAll("\\h", " "))
                .isEqualTo("This voucher could be used until March 1, 2026, 7:59 AM UTC.");
        assertThat(error(german(), new FieldError("voucher", problems.get(4).message())))
                .contains("„student“");
    }

    /** Read from the sources, so that no kind is forgotten: whatever is noted about a registration. */
    @Test
    void whatever_happens_is_told_in_german_too() throws IOException {
        Set<String> kinds = new TreeSet<>(Set.of("Mail sent", "Mail came back", "Mail could not be sent"));
        Set<String> details = new TreeSet<>(Set.of(
                "Reference ML26-7K3F9Q.",
                "USD 95.00 will be given back.",
                "The card was declined.",
                "The card was declined: there are not enough funds.",
                "The payment was not confirmed.",
                "The time for that payment was over.",
                "The payment was declined.",
                "the payment came after the hold, and the seats were taken by then",
                "the payment came after the cancellation",
                "the payment came before it could be paid"));
        try (Stream<Path> sources = Files.list(DECISION)) {
            for (Path source : sources.toList()) {
                Matcher note = NOTE.matcher(Files.readString(source));
                while (note.find()) {
                    LITERAL.matcher(note.group(1))
                            .results()
                            .map(one -> one.group(1))
                            .forEach(kinds::add);
                    LITERAL.matcher(note.group(2))
                            .results()
                            .map(one -> one.group(1))
                            .filter(text -> text.endsWith(".") && !text.contains("%") && !text.equals("."))
                            .forEach(details::add);
                }
            }
        }
        assertThat(kinds).contains("Registered", "Payment received", "Dispute won", "Dispute lost", "Refund failed");
        assertThat(details).contains("They are held while you pay.", "The organiser has been told.");
        assertThat(kinds)
                .allSatisfy(
                        kind -> assertThat(known(german(), "timeline", kind)).isNotEqualTo(kind));
        assertThat(details)
                .allSatisfy(detail ->
                        assertThat(known(german(), "timeline-detail", detail)).isNotEqualTo(detail));
    }

    /** What notification-service writes, and registrations repeat. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pay now",
                "confirmation",
                "payment failed",
                "expired",
                "cancelled",
                "late payment refunded",
                "refund made",
                "proof wanted",
                "proof refused"
            })
    void the_words_of_neighbours_are_put_in_those_of_people(String detail) {
        String english = known(english(), "timeline-detail", detail);
        assertThat(english).isNotEqualTo(detail);
        assertThat(known(german(), "timeline-detail", detail)).isNotIn(detail, english);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cancelled by the registrant",
                "the time to pay ran out",
                "the time for the proof ran out",
                "the offer was not accepted in time",
                "the payment was taken back",
                "the payment came after the cancellation",
                "the payment came before it could be paid",
                "the payment came after the hold, and the seats were taken by then",
                "the amount paid is not the amount due"
            })
    void why_something_ended_is_said_in_german_too(String reason) {
        assertThat(known(german(), "reason", reason)).isNotEqualTo(reason);
    }

    @Test
    void what_differs_from_one_text_to_the_next_is_kept() {
        assertThat(known(german(), "timeline-detail", "Reference ML26-7K3F9Q.")).isEqualTo("Kennung ML26-7K3F9Q.");
        assertThat(known(english(), "timeline-detail", "Reference ML26-7K3F9Q."))
                .isEqualTo("Reference ML26-7K3F9Q.");
        assertThat(known(english(), "reason", "It was on 2026-99-99T10:00:00Z, by ABC 10."))
                .as("what looks like an instant or money and is neither")
                .isEqualTo("It was on 2026-99-99T10:00:00Z, by ABC 10.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"USD 1095.00", "USD 1,095.00"})
    void an_amount_is_written_in_one_way_however_it_was_noted(String amount) {
        String sentence = amount + " will be given back.";
        assertThat(known(english(), "timeline-detail", amount)).isEqualTo("USD 1,095.00");
        assertThat(known(german(), "timeline-detail", amount)).isEqualTo("1.095,00 USD");
        assertThat(known(english(), "timeline-detail", sentence)).isEqualTo("USD 1,095.00 will be given back.");
        assertThat(known(german(), "timeline-detail", sentence)).isEqualTo("1.095,00 USD werden erstattet.");
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
    void how_long_it_lasts_is_said_in_hours_and_minutes() {
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
    void one_seat_is_one_seat() {
        assertThat(english().of("hold.until", 1)).isEqualTo("Your seat is held until");
        assertThat(english().of("hold.until", 2)).isEqualTo("Your seats are held until");
        assertThat(german().of("hold.until", 1)).isEqualTo("Ihr Platz wird gehalten bis");
        assertThat(german().of("hold.until", 2)).isEqualTo("Ihre Plätze werden gehalten bis");
    }

    private static String error(Words words, FieldError error) {
        return words.of(error, Moments.utc(words));
    }

    private static String known(Words words, String about, String english) {
        return words.known(about, english, Moments.utc(words));
    }

    private static Words german() {
        return words(Locale.GERMAN);
    }

    static Words english() {
        return words(Locale.ENGLISH);
    }

    private static Words words(Locale locale) {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("messages");
        messages.setDefaultEncoding("UTF-8");
        messages.setFallbackToSystemLocale(false);
        return new Words(messages, locale);
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
