package org.openingminute.payment.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.payment.Payability;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.thymeleaf.TemplateEngine;

class ProblemAdviceTest {

    static Stream<RuntimeException> whatMayPass() {
        return Stream.of(
                new CannotGetJdbcConnectionException("no connection"),
                new CannotCreateTransactionException("no connection"),
                new TransactionSystemException("the commit was not answered"),
                new DataAccessResourceFailureException("terminated by administrator command"),
                new QueryTimeoutException("too slow"),
                new IllegalStateException("a mistake of ours, after which the same call may be made again"));
    }

    @ParameterizedTest
    @MethodSource("whatMayPass")
    void what_may_pass_is_a_503_that_says_when_to_come_again(RuntimeException failure) throws Exception {
        MockMvc service = MockMvcBuilders.standaloneSetup(new Failing(failure))
                .setControllerAdvice(new ProblemAdvice(
                        new TemplateEngine(),
                        texts(),
                        new PaymentServiceSettings(
                                PaymentServiceSettings.Mode.DEPLOYED,
                                "https://conference.example",
                                "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
                                "https://conference.example/.well-known/jwks.json",
                                "",
                                "none",
                                new PaymentServiceSettings.Sandbox("", "", "", ""),
                                new PaymentServiceSettings.Stripe("", "", "", "", 20),
                                new PaymentServiceSettings.Documents("", "", "", "", ""),
                                Duration.ofMinutes(1),
                                Duration.ofSeconds(15))))
                .build();

        MockHttpServletResponse answer = service.perform(MockMvcRequestBuilders.get("/fails"))
                .andReturn()
                .getResponse();
        assertThat(answer.getStatus()).isEqualTo(503);
        assertThat(answer.getContentAsString()).contains("\"code\":\"unavailable\"");
        assertThat(answer.getHeader("Retry-After")).isEqualTo("2");
    }

    @Test
    void why_it_cannot_be_paid_is_said_in_german_too() {
        for (Payability.Why why : Payability.Why.values()) {
            assertThat(texts().detail(why.sentence(), Locale.GERMAN))
                    .as(why.name())
                    .isNotEqualTo(why.sentence());
        }
    }

    private static Texts texts() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("messages");
        messages.setDefaultEncoding("UTF-8");
        messages.setFallbackToSystemLocale(false);
        return new Texts(messages);
    }

    @RestController
    static final class Failing {

        private final RuntimeException failure;

        Failing(RuntimeException failure) {
            this.failure = failure;
        }

        @GetMapping("/fails")
        String fails() {
            throw failure;
        }
    }
}
