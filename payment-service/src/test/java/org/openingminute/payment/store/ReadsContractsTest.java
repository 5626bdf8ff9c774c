package org.openingminute.payment.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.store.PaymentCommandsListener.About;
import org.openingminute.payment.store.PaymentCommandsListener.Close;
import org.openingminute.payment.store.PaymentCommandsListener.CommandedRefund;
import org.openingminute.payment.store.PaymentCommandsListener.EndLinks;
import org.openingminute.payment.store.PaymentCommandsListener.MarkPaidOrder;

/** Proves that every released example of a command can be read. */
class ReadsContractsTest {

    private static final ContractSchemas CONTRACTS = new ContractSchemas();
    private static final Map<String, Class<?>> BODIES = Map.of(
            "payment.request.v1", PaymentRequest.class,
            "payment.close.v1", Close.class,
            "payment.keep.v1", About.class,
            "payment.refund.v1", CommandedRefund.class,
            "payment.mark-paid.v1", MarkPaidOrder.class,
            "payment.end-links.v1", EndLinks.class);

    static Set<String> commands() {
        return CONTRACTS.typesOn("payment.commands.v1");
    }

    @Test
    void every_command_has_a_body_here() {
        assertThat(BODIES.keySet()).isEqualTo(commands());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_example_of_a_command_is_read(String type) {
        CONTRACTS.examples(type).forEach((name, json) -> {
            assertThat(read(type, json, About.class).registration()).as(name).isNotNull();
            assertThat(read(type, json, BODIES.get(type))).as(name).satisfies(body -> {
                if (body instanceof PaymentRequest request) {
                    assertThat(request.method()).isNotEqualTo(PaymentRequest.Method.OTHER);
                }
            });
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commands_of_later_versions_are_read_with_unknowns_as_other(String type) {
        CONTRACTS.ofLaterVersions(type).forEach((name, json) -> {
            Object body = read(type, json, BODIES.get(type));
            if (body instanceof PaymentRequest request) {
                assertThat(request.method() == PaymentRequest.Method.OTHER)
                        .as(name)
                        .isEqualTo(name.endsWith("another /method"));
            }
        });
    }

    @Test
    void a_refund_without_an_amount_cannot_be_done() {
        String refund = CONTRACTS.examples("payment.refund.v1").get("full").replace("\"amount\": {", "\"sum\": {");
        assertThatThrownBy(() -> read("payment.refund.v1", refund, CommandedRefund.class))
                .isInstanceOf(PermanentFailure.class);
    }

    @Test
    void an_amount_of_nothing_is_no_zero() {
        for (String type : Set.of("payment.refund.v1", "payment.mark-paid.v1", "payment.request.v1")) {
            String command = CONTRACTS.examples(type).get("full");
            for (String nothing : List.of("\"amount\": null", "\"sum\": 1")) {
                assertThatThrownBy(() ->
                                read(type, command.replaceFirst("\"amount\": *[0-9]+", nothing), BODIES.get(type)))
                        .as(type + " " + nothing)
                        .isInstanceOf(PermanentFailure.class);
            }
        }
    }

    private static <T> T read(String type, String json, Class<T> body) {
        return new Message(UUID.randomUUID(), "topic", "key", type, "/source", Instant.EPOCH, 0, json, Map.of())
                .body(body);
    }
}
