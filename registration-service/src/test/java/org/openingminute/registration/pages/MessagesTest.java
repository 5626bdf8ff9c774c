package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.registration.form.FieldError;
import org.openingminute.registration.sale.VoucherProblem;
import org.springframework.context.support.ResourceBundleMessageSource;

class MessagesTest {

    private static final Pattern PLACE = Pattern.compile("\\{\\d}");

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
        assertThat(english().of(new FieldError("contact.name", "has more than 200 characters")))
                .isEqualTo("Please use at most 200 characters");
        assertThat(english().of(new FieldError("voucher", "never heard of it")))
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
            assertThat(words(Locale.GERMAN).of(new FieldError("voucher", problem.message())))
                    .as(problem.message())
                    .contains("utschein")
                    .isNotEqualTo(problem.message());
        }
        assertThat(words(Locale.GERMAN)
                        .of(new FieldError("voucher", problems.get(1).message())))
                .contains("bis 01.03.2026, 07:59 Uhr UTC");
        assertThat(words(Locale.GERMAN)
                        .of(new FieldError("voucher", problems.get(4).message())))
                .contains("„student“");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Reference ML26-7K3F9Q.",
                "USD 95.00 will be given back.",
                "By the organiser; it is being booked.",
                "the payment came before it could be paid",
                "the payment came after the cancellation",
                "There is nothing to pay.",
                "late payment refunded"
            })
    void what_has_happened_is_told_in_german_too(String detail) {
        assertThat(words(Locale.GERMAN).known("timeline-detail", detail)).isNotEqualTo(detail);
    }

    @Test
    void what_differs_from_one_text_to_the_next_is_kept() {
        assertThat(words(Locale.GERMAN).known("timeline-detail", "USD 1,095.00 will be given back."))
                .isEqualTo("USD 1,095.00 werden erstattet.");
        assertThat(words(Locale.GERMAN).known("timeline-detail", "Reference ML26-7K3F9Q."))
                .isEqualTo("Kennzeichen ML26-7K3F9Q.");
        assertThat(english().known("timeline-detail", "Reference ML26-7K3F9Q.")).isEqualTo("Reference ML26-7K3F9Q.");
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
