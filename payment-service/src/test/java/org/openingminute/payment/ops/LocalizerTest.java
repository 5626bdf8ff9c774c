package org.openingminute.payment.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.Problems;
import org.openingminute.payment.PaymentProblem;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.context.support.StaticMessageSource;

/** Proves how problems' details are found and translated, without Spring. */
class LocalizerTest {

    @Test
    void why_it_cannot_be_paid_is_said_in_german_too() {
        for (Payability.Why why : Payability.Why.values()) {
            Problem problem = new Problem(PaymentProblem.NOT_PAYABLE, why.sentence()).because(why.reason());
            assertThat(localizer().detail(problem, Locale.GERMAN))
                    .as(why.name())
                    .isNotEqualTo(why.sentence());
        }
    }

    @Test
    void german_details_do_not_depend_on_english_ones() {
        Set<String> reasons = ResourceBundle.getBundle("messages", Locale.GERMAN).keySet().stream()
                .filter(key -> key.startsWith("detail."))
                .map(key -> key.substring("detail.".length()))
                .collect(Collectors.toSet());
        Stream<Problem> ofTheKit =
                Stream.of(Problem.notFound(), Problem.unauthenticated(), Problems.of(new IllegalStateException("x")));

        assertThat(Arrays.stream(Payability.Why.values()).map(Payability.Why::reason))
                .isSubsetOf(reasons);
        assertThat(ofTheKit.map(problem -> problem.reason().orElse(""))).isSubsetOf(reasons);
        assertThat(reasons).allSatisfy(reason -> {
            Problem one = new Problem(PaymentProblem.NOT_PAYABLE, "In one way.").because(reason);
            Problem other = new Problem(PaymentProblem.NOT_PAYABLE, "In another, with a comma.").because(reason);
            assertThat(localizer().detail(one, Locale.GERMAN))
                    .isEqualTo(localizer().detail(other, Locale.GERMAN))
                    .isNotEqualTo("In one way.");
        });
    }

    @Test
    void detail_is_found_by_the_reason_then_the_code_and_is_english_else() {
        StaticMessageSource messages = new StaticMessageSource();
        messages.addMessage("detail.not-payable", Locale.GERMAN, "Nein.");
        messages.addMessage("detail.until", Locale.GERMAN, "Bis {0}.");
        Localizer localizer = new Localizer(messages);
        Problem problem = new Problem(PaymentProblem.NOT_PAYABLE, "No.");

        assertThat(localizer.detail(problem.because("until", "morgen"), Locale.GERMAN))
                .isEqualTo("Bis morgen.");
        assertThat(localizer.detail(problem.because("unheard-of"), Locale.GERMAN))
                .isEqualTo("Nein.");
        assertThat(localizer.detail(problem, Locale.GERMAN)).isEqualTo("Nein.");
        assertThat(localizer.detail(problem, Locale.ENGLISH)).isEqualTo("No.");
    }

    @Test
    void sentence_without_a_text_is_shown_as_it_was_written() {
        ResourceBundleMessageSource messages = messages();
        messages.setAlwaysUseMessageFormat(true);
        Localizer localizer = new Localizer(messages);
        Problem problem = new Problem(PaymentProblem.NOT_PAYABLE, "It can't {really}.").because("unheard-of", 1);

        assertThat(localizer.of("unheard.of", Locale.GERMAN, "can't {really}")).isEqualTo("can't {really}");
        assertThat(localizer.detail(problem, Locale.ENGLISH)).isEqualTo("It can't {really}.");
    }

    private static Localizer localizer() {
        return new Localizer(messages());
    }

    private static ResourceBundleMessageSource messages() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("messages");
        messages.setDefaultEncoding("UTF-8");
        messages.setFallbackToSystemLocale(false);
        return messages;
    }
}
