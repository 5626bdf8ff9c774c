package org.openingminute.notification.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.AddressForm;

/** Proves the validation and normalisation of subscription requests, without Spring. */
class InterestRequestTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ada",
                "ada@example",
                "@example.org",
                "ada@example.org,eve@example.org",
                "ada@example.org\r\nBcc: eve@example.org",
                "ada@example.org\n",
                "Ada <ada@example.org>",
                "ada @example.org",
                "\"ada\"@example.org",
                "ada@exa_mple.org"
            })
    void invalid_addresses_are_refused(String email) {
        assertThatThrownBy(() -> InterestRequest.checked(email, List.of("program"), List.of(), AddressForm.REHEARSAL))
                .isInstanceOfSatisfying(
                        Problem.class,
                        wrong -> assertThat(wrong.concerns("email")).isTrue());
    }

    @Test
    void only_a_rehearsal_mails_to_itself() {
        assertThat(InterestRequest.checked("ada@localhost", List.of("program"), List.of(), AddressForm.REHEARSAL)
                        .email())
                .isEqualTo("ada@localhost");
        assertThatThrownBy(() ->
                        InterestRequest.checked("ada@localhost", List.of("program"), List.of(), AddressForm.DEPLOYED))
                .isInstanceOf(Problem.class);
    }

    @Test
    void an_address_is_kept_as_it_was_typed_and_known_again_in_small_letters() {
        InterestRequest request = InterestRequest.checked(
                "Ada+News@Example.ORG", List.of("program", "program"), List.of(), AddressForm.DEPLOYED);
        assertThat(request.email()).isEqualTo("Ada+News@Example.ORG");
        assertThat(request.normalAddress()).isEqualTo("ada+news@example.org");
        assertThat(request.topics()).containsExactly(Topic.PROGRAM);
    }

    @ParameterizedTest
    @CsvSource({
        "ada+news@example.org, ada@example.org",
        "ada+news+more@example.org, ada@example.org",
        "ada@example.org, ada@example.org",
        "+ada@example.org, +ada@example.org"
    })
    void plus_addresses_share_a_mailbox(String address, String mailbox) {
        assertThat(AddressForm.unlabelled(address)).isEqualTo(mailbox);
    }

    @Test
    void all_errors_are_reported_at_once() {
        assertThatThrownBy(() -> InterestRequest.checked(
                        "ada",
                        List.of("program", "gossip"),
                        List.of(FieldError.of("name", "unknown-field", "is unknown")),
                        AddressForm.DEPLOYED))
                .isInstanceOfSatisfying(Problem.class, wrong -> {
                    assertThat(wrong.concerns("email")).isTrue();
                    assertThat(wrong.concerns("topics[1]")).isTrue();
                    assertThat(wrong.concerns("name")).isTrue();
                });
        assertThatThrownBy(() -> InterestRequest.checked("ada@example.org", List.of(), List.of(), AddressForm.DEPLOYED))
                .isInstanceOfSatisfying(
                        Problem.class,
                        wrong -> assertThat(wrong.concerns("topics")).isTrue());
    }
}
