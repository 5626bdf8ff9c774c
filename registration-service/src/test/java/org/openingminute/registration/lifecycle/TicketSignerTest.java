package org.openingminute.registration.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.registration.lifecycle.TicketSigner.Ticket;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Proves tickets by the contract's vectors, which another implementation has made, and by a verifier in another language. */
class TicketSignerTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SEED = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    private final JsonNode vectors = vectors();

    @Test
    void tickets_are_those_of_the_contract() {
        TicketSigner first = TicketSigner.of(vectors.path("ticketKeys").asString());
        String[] keys = vectors.path("ticketKeys").asString().split(",", -1);
        TicketSigner second = TicketSigner.of(keys[1] + "," + keys[0]);
        assertThat(vectors.path("valid")).hasSizeGreaterThan(3);
        for (JsonNode vector : vectors.path("valid")) {
            TicketSigner signer = vector.path("keyId").asString().equals("k1") ? first : second;
            Ticket ticket = new Ticket(
                    vector.path("conference").asString(),
                    UUID.fromString(vector.path("attendee").asString()),
                    vector.path("generation").asInt());
            assertThat(signer.sign(ticket))
                    .as(vector.path("name").asString())
                    .isEqualTo(vector.path("ticket").asString());
        }
    }

    @Test
    void what_is_genuine_is_read_and_nothing_else() {
        TicketSigner signer = TicketSigner.of(vectors.path("ticketKeys").asString());
        for (JsonNode vector : vectors.path("valid")) {
            assertThat(signer.read(vector.path("ticket").asString()))
                    .as(vector.path("name").asString())
                    .contains(new Ticket(
                            vector.path("conference").asString(),
                            UUID.fromString(vector.path("attendee").asString()),
                            vector.path("generation").asInt()));
        }
        assertThat(vectors.path("invalid")).isNotEmpty();
        for (JsonNode vector : vectors.path("invalid")) {
            assertThat(signer.read(vector.path("ticket").asString()))
                    .as(vector.path("name").asString())
                    .isEmpty();
        }
    }

    @Test
    void all_keys_are_published_and_none_of_them_is_secret() {
        JsonNode published = JSON.valueToTree(
                TicketSigner.of(vectors.path("ticketKeys").asString()).published());

        assertThat(published).isEqualTo(vectors.path("published"));
    }

    @Test
    void a_program_in_another_language_takes_what_is_genuine_and_nothing_else(@TempDir Path folder) throws Exception {
        Path keys = Files.writeString(
                folder.resolve("keys.json"), vectors.path("published").toString());
        JsonNode genuine = vectors.path("valid").path(1);

        assertThat(verifier(folder, keys, genuine.path("ticket").asString())).isZero();
        assertThat(JSON.readTree(Files.readString(folder.resolve("output")))).isEqualTo(JSON.readTree("""
                        {"conference": "mlsys-2026", "attendee": "019c1f4b-fe80-704a-80ca-5a1d62ddb8ae", "generation": 1}
                        """));
        for (JsonNode vector : vectors.path("invalid")) {
            assertThat(verifier(folder, keys, vector.path("ticket").asString()))
                    .as(vector.path("name").asString())
                    .isEqualTo(1);
        }
    }

    @Test
    void tickets_verify_by_the_published_keys_until_theirs_is_removed(@TempDir Path folder) throws Exception {
        String[] keys = vectors.path("ticketKeys").asString().split(",", -1);
        Ticket ticket = new Ticket("mlsys-2026", new UUID(0, 1), 0);
        TicketSigner prepared = TicketSigner.of(keys[0] + "," + keys[1]);
        TicketSigner changed = TicketSigner.of(keys[1] + "," + keys[0]);
        TicketSigner over = TicketSigner.of(keys[1]);
        String before = prepared.sign(ticket);
        String after = changed.sign(ticket);
        assertThat(before).startsWith("T1.k1.");
        assertThat(after).startsWith("T1.k2.");

        for (TicketSigner published : new TicketSigner[] {prepared, changed}) {
            Path file = Files.writeString(folder.resolve("keys.json"), JSON.writeValueAsString(published.published()));
            assertThat(verifier(folder, file, before)).isZero();
            assertThat(verifier(folder, file, after)).isZero();
        }
        Path file = Files.writeString(folder.resolve("keys.json"), JSON.writeValueAsString(over.published()));
        assertThat(verifier(folder, file, after)).isZero();
        assertThat(verifier(folder, file, before)).isEqualTo(1);
    }

    private static int verifier(Path folder, Path keys, String ticket) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("node", "../docs/verify-ticket.mjs", keys.toString(), ticket)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "k1",
                "k1:",
                "k1:AAECAw",
                "k.1:" + SEED,
                ":" + SEED,
                "k1:" + SEED + "AAAA",
                "k1:*secret-that-is-none*AAECAwQFBgcICQoLDA0",
                "k1:" + SEED + ",",
                "k1:" + SEED + ",k1:" + SEED
            })
    void keys_of_another_form_are_refused_and_not_repeated(String configured) {
        assertThatThrownBy(() -> TicketSigner.of(configured))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TICKET_KEYS")
                .hasMessageNotContaining("secret-that")
                .hasMessageNotContaining(SEED);
    }

    private static JsonNode vectors() {
        try (InputStream file = TicketSignerTest.class.getResourceAsStream("/contracts/examples/tickets.json")) {
            return JSON.readTree(Objects.requireNonNull(file, "the vectors of the contract"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
