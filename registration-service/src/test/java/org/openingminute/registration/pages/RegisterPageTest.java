package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.sale.Examples;
import tools.jackson.databind.node.ObjectNode;

/** Proves the text of a refused form. */
class RegisterPageTest {

    private static final ObjectNode SOURCE = Examples.mlsysJson();
    private static final Conference CONFERENCE =
            new Conference("mlsys-2026", 1, Examples.read(SOURCE), SOURCE, true, null);

    @ParameterizedTest
    @CsvSource({
        "PT1S, in 1 minute:, in einer Minute noch",
        "PT15M, in 15 minutes:, in 15 Minuten noch",
        "PT1H59M, in 119 minutes:, in 119 Minuten noch",
        "PT1H59M1S, in 2 hours:, in 2 Stunden noch",
        "PT47H, in 47 hours:, in 47 Stunden noch",
        "PT47H1M, in 2 days:, in 2 Tagen noch",
        "P14D, in 14 days:, in 14 Tagen noch"
    })
    void time_to_wait_is_worded_in_its_unit(Duration wait, String english, String german) {
        Problem problem = refused("unpaid-mailbox").retryAfter(wait);

        assertThat(RegisterPage.refusal(problem, CONFERENCE, MessagesTest.english()))
                .contains(english);
        assertThat(RegisterPage.refusal(problem, CONFERENCE, MessagesTest.german()))
                .contains(german);
    }

    @Test
    void seats_that_end_with_an_opened_link_have_no_time_to_wait() {
        for (String bound : new String[] {"mailbox", "address", "unconfirmed"}) {
            Problem problem = refused("unpaid-" + bound + "-unopened").retryAfter(Duration.ofMinutes(15));

            assertThat(RegisterPage.refusal(problem, CONFERENCE, MessagesTest.english()))
                    .contains("not", "opened", "link")
                    .doesNotContain("15");
            assertThat(RegisterPage.refusal(problem, CONFERENCE, MessagesTest.german()))
                    .contains("nicht geöffnet")
                    .doesNotContain("15");
        }
    }

    private static Problem refused(String reason) {
        return new Problem(CommonProblem.RATE_LIMITED, "Too many unpaid seats.").because(reason);
    }
}
