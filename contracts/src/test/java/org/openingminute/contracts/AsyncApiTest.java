package org.openingminute.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Proves that the AsyncAPI document is valid and consistent with its schemas and examples. */
class AsyncApiTest {
    private final JsonNode document = Resources.asyncApi();
    private final Set<String> types = new ContractSchemas().types();

    @Test
    void it_is_an_async_api_document_of_version_3() {
        assertThat(document.path("asyncapi").asString()).isEqualTo("3.0.0");
        assertThat(document.path("info").path("version").asString()).isNotBlank();
        assertThat(types).isNotEmpty();
    }

    @Test
    void every_reference_leads_somewhere() {
        List<JsonNode> references = document.findValues("$ref");
        assertThat(references).isNotEmpty();
        for (JsonNode reference : references) {
            String[] parts = reference.asString().split("#", 2);
            JsonNode target = parts[0].isEmpty() ? document : Resources.json(parts[0]);
            assertThat((parts.length == 1 ? target : target.at(parts[1])).isObject())
                    .as(reference.asString())
                    .isTrue();
        }
    }

    @Test
    void every_type_has_a_schema_and_every_schema_with_a_version_is_a_type() throws IOException {
        assertThat(Resources.schemaNames().stream()
                        .filter(name -> name.matches(".*\\.v\\d+"))
                        .collect(Collectors.toSet()))
                .isEqualTo(types);
    }

    @Test
    void every_type_has_examples_and_every_folder_of_examples_is_a_type() throws IOException {
        assertThat(Resources.exampleFolders()).isEqualTo(types);
    }

    @Test
    void a_message_bears_the_name_of_its_type_and_takes_its_own_schema() {
        for (String type : types) {
            JsonNode message = document.path("components").path("messages").path(type);
            assertThat(message.path("name").asString()).isEqualTo(type);
            assertThat(message.at("/payload/schema/$ref").asString()).isEqualTo("./schemas/" + type + ".json");
            assertThat(message.at("/traits/0/$ref").asString()).isEqualTo("#/components/messageTraits/cloudEvent");
        }
    }

    @Test
    void every_type_goes_through_exactly_one_channel() {
        List<String> inChannels = new ArrayList<>();
        for (JsonNode channel : document.path("channels")) {
            inChannels.addAll(channel.path("messages").propertyNames());
        }
        inChannels.remove("deadLetter");
        assertThat(inChannels).containsExactlyInAnyOrderElementsOf(types);
    }

    @Test
    void every_topic_has_one_writer_and_at_least_one_reader() {
        for (Map.Entry<String, JsonNode> channel : document.path("channels").properties()) {
            if (!channel.getKey().equals("deadLetters")) {
                assertThat(whoDoes("send", channel.getKey()))
                        .as(channel.getKey())
                        .hasSize(1);
                assertThat(whoDoes("receive", channel.getKey()))
                        .as(channel.getKey())
                        .isNotEmpty();
            }
        }
    }

    private Set<String> whoDoes(String action, String channel) {
        Set<String> services = new TreeSet<>();
        for (JsonNode operation : document.path("operations")) {
            if (operation.path("action").asString().equals(action)
                    && operation.at("/channel/$ref").asString().equals("#/channels/" + channel)) {
                services.add(operation.at("/tags/0/name").asString());
            }
        }
        return services;
    }
}
