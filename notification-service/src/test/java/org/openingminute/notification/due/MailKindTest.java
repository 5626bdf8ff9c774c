package org.openingminute.notification.due;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Proves that the contract lists every kind of mail. */
class MailKindTest {

    /** Readers of the contract show a name for each kind. */
    @Test
    void contract_names_every_kind() throws IOException {
        try (InputStream contract =
                Objects.requireNonNull(MailKindTest.class.getResourceAsStream("/contracts/schemas/mail.json"))) {
            assertThat(new JsonMapper()
                            .readTree(contract)
                            .at("/properties/mails/items/properties/kind/examples")
                            .valueStream()
                            .map(JsonNode::stringValue))
                    .containsExactlyInAnyOrderElementsOf(
                            Arrays.stream(MailKind.values()).map(MailKind::code).toList());
        }
    }
}
