package org.openingminute.messaging.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PayloadMaskTest {

    private final PayloadMask mask = new PayloadMask(Set.of("id", "status", "amount", "at", "kinds"));

    @Test
    void only_what_is_called_technical_is_shown() {
        assertThat(shown("""
                {"id": "0198c1f4-fe80-7025-8065-5a1d316edc57", "status": "confirmed", "amount": 950,
                 "at": "2026-02-02T09:00:00Z", "name": "Ada", "age": 36, "vegan": true, "nothing": null,
                 "attendees": [{"id": "a-1", "email": "ada@example.org"}], "kinds": ["one", "two"]}""")).isEqualTo("""
                {"id":"0198c1f4-fe80-7025-8065-5a1d316edc57","status":"confirmed","amount":950,\
                "at":"2026-02-02T09:00:00Z","name":"•••","age":"•••","vegan":"•••","nothing":null,\
                "attendees":[{"id":"a-1","email":"•••"}],"kinds":["one","two"]}""");
    }

    @Test
    void a_technical_key_does_not_let_a_person_through() {
        assertThat(shown("""
                {"id": "ada@example.org", "status": "Ada Lovelace", "at": {"name": "Ada"}}""")).isEqualTo("{\"id\":\"•••\",\"status\":\"•••\",\"at\":{\"name\":\"•••\"}}");
    }

    @Test
    void a_name_of_a_member_is_shown_where_it_looks_like_one_of_a_contract() {
        assertThat(shown("""
                {"ada@example.org": {"id": "a-1"}, "Ada Lovelace": 1, "givenName": "Ada", "Lovelace": {"Ada": "id"}}""")).isEqualTo("""
                {"••• 1":{"id":"a-1"},"••• 2":"•••","givenName":"•••","••• 3":{"••• 1":"•••"}}""");
    }

    @Test
    void a_non_json_payload_is_shown_by_size_and_hash() {
        // The output of: echo -n Ada | sha256sum
        assertThat(shown("Ada")).isEqualTo("""
                {"bytes":3,"sha256":"99a563ab2f6e21e96998f9fddd2a2bab82b70ac019579502b8d7fc0032ff62bb"}""");
        assertThat(shown("\"Ada\"")).startsWith("{\"bytes\":5,");
        assertThat(shown("{\"id\": ")).startsWith("{\"bytes\":7,");
        assertThat(mask.payload(null)).isNull();
    }

    @Test
    void headers_are_shown_where_they_are_known_and_look_technical() {
        assertThat(mask.headers(Map.of("ce_type", "thing.happened.v1")))
                .isEqualTo(Map.of("ce_type", "thing.happened.v1"));
        assertThat(mask.headers(Map.of("ce_id", "ada@example.org"))).isEqualTo(Map.of("ce_id", "•••"));
        assertThat(mask.headers(Map.of("from", "ada"))).isEqualTo(Map.of("from", "•••"));
    }

    private String shown(String body) {
        JsonNode payload = mask.payload(body.getBytes(StandardCharsets.UTF_8));
        return String.valueOf(payload);
    }
}
