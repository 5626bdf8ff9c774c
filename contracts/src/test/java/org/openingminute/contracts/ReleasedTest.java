package org.openingminute.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.contracts.SchemaChange.InFile;
import tools.jackson.databind.JsonNode;

/**
 * Proves that released files never change and that today's contract keeps their promises. {@link ContractSchemasTest} validates released
 * examples against today's schemas.
 */
class ReleasedTest {

    private static final String SUMS = "SHA256SUMS";

    static Stream<Path> releases() throws IOException {
        return Resources.releases().stream();
    }

    @Test
    void there_is_a_release() throws IOException {
        assertThat(Resources.releases()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void a_released_file_never_changes(Path release) throws IOException {
        assertThat(sumsOf(release)).isEqualTo(Files.readString(release.resolve(SUMS)));
    }

    @ParameterizedTest
    @MethodSource("releases")
    void every_released_type_keeps_its_topic_its_key_and_what_its_body_promised(Path release) {
        JsonNode before = Resources.asyncApi(release);
        JsonNode now = Resources.asyncApi(Resources.ROOT);
        Map<String, JsonNode> channelsNow = channelsOf(now);
        channelsOf(before).forEach((topic, channel) -> {
            assertThat(channelsNow).containsKey(topic);
            assertThat(channelsNow.get(topic).path("bindings"))
                    .as("partitions of " + topic + ", by which keys are found, and what it keeps")
                    .isEqualTo(channel.path("bindings"));
            assertThat(channelsNow.get(topic).path("messages").propertyNames())
                    .as("the types on " + topic)
                    .containsAll(channel.path("messages").propertyNames());
            for (String type : channel.path("messages").propertyNames()) {
                JsonNode message = before.at("/components/messages/" + type);
                JsonNode messageNow = now.at("/components/messages/" + type);
                assertThat(messageNow.path("bindings")).as("the key of " + type).isEqualTo(message.path("bindings"));
                for (String part : List.of("/payload/schema/$ref", "/headers/schema/$ref")) {
                    if (message.at(part).isString()) {
                        assertThat(breaks(release, message.at(part), messageNow.at(part)))
                                .as(type + part)
                                .isEmpty();
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("releases")
    void every_record_keeps_the_headers_that_it_promised(Path release) {
        String headers = "/components/messageTraits/cloudEvent/headers/schema/$ref";
        assertThat(breaks(
                        release,
                        Resources.asyncApi(release).at(headers),
                        Resources.asyncApi(Resources.ROOT).at(headers)))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void changed_schemas_need_another_version(Path release) throws IOException {
        String version = Resources.asyncApi(Resources.ROOT).at("/info/version").asString();
        if (version.equals(release.getFileName().toString())) {
            for (Path released : filesIn(release)) {
                Path file = release.relativize(released);
                if (file.startsWith("asyncapi.yaml") || file.startsWith("schemas")) {
                    assertThat(Resources.ROOT.resolve(file))
                            .as("released as %s: a change needs another info.version in asyncapi.yaml", version)
                            .hasSameTextualContentAs(released);
                }
            }
            assertThat(Resources.schemaNames())
                    .as("released as %s: a new schema needs another info.version in asyncapi.yaml", version)
                    .hasSameSizeAs(filesIn(release.resolve("schemas")));
        }
    }

    private static Map<String, JsonNode> channelsOf(JsonNode document) {
        Map<String, JsonNode> channels = new TreeMap<>();
        document.path("channels")
                .forEach(channel -> channels.put(channel.path("address").asString(), channel));
        return channels;
    }

    private static List<String> breaks(Path release, JsonNode reference, JsonNode referenceNow) {
        return SchemaChange.breaks(schema(release, reference), schema(Resources.ROOT, referenceNow));
    }

    private static InFile schema(Path folder, JsonNode reference) {
        String[] parts = reference.asString().split("#", 2);
        return InFile.of(folder.resolve(parts[0]), parts.length == 1 ? "" : parts[1]);
    }

    /** Returns the checksums in the format of {@code sha256sum}, ordered by path. */
    private static String sumsOf(Path release) throws IOException {
        StringBuilder sums = new StringBuilder();
        for (Path file : filesIn(release)) {
            if (!file.endsWith(SUMS)) {
                sums.append(sha256(file))
                        .append("  ./")
                        .append(release.relativize(file))
                        .append('\n');
            }
        }
        return sums.toString();
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
