package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Sends a desk call correctly and in every way in which it is refused, and records the responses as its examples. */
final class ExampleCall {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern VARIABLE = Pattern.compile("\\{([^}]+)}");
    private static final int LONG = 300;

    /** Larger than the gateway accepts with a token. */
    private static final String HUGE = "{\"x\": \"" + "a".repeat(1_100_000) + "\"}";

    /** Longer than the gateway accepts in a URL. */
    private static final String LONG_QUERY = "x=" + "a".repeat(10_000);

    private final Desk desk;
    private final String method;
    private final String path;
    private final ObjectNode examples;
    private final Map<String, String> values;
    private final Map<String, String> headers;
    private @Nullable String body;
    private String rawQuery = "";

    /**
     * The shared context of all calls.
     *
     * @param organiser the headers of an organiser
     * @param operator the headers of an operator, who may not use the desk
     * @param names the names that examples use
     */
    record Desk(ApiClient api, Map<String, String> organiser, Map<String, String> operator, ExampleNames names) {}

    /** @param operation the method and the path */
    ExampleCall(Desk desk, String operation, ObjectNode examples) {
        this.desk = desk;
        this.method = operation.substring(0, operation.indexOf(' '));
        this.path = operation.substring(operation.indexOf(' ') + 1);
        this.examples = examples;
        this.values = new LinkedHashMap<>();
        this.headers = new HashMap<>(desk.organiser());
    }

    private ExampleCall(ExampleCall other) {
        desk = other.desk;
        method = other.method;
        path = other.path;
        examples = other.examples;
        values = new LinkedHashMap<>(other.values);
        headers = new HashMap<>(other.headers);
        headers.computeIfPresent("Idempotency-Key", (_, _) -> ApiClient.newKey());
        body = other.body;
    }

    /** Sets a path variable, or a query parameter if the path has no variable of this name. */
    ExampleCall with(String name, String value) {
        values.put(name, value);
        return this;
    }

    ExampleCall header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Sets a new {@code Idempotency-Key}. */
    ExampleCall keyed() {
        return header("Idempotency-Key", ApiClient.newKey());
    }

    ExampleCall keyless() {
        headers.remove("Idempotency-Key");
        return this;
    }

    ExampleCall body(String json) {
        body = json;
        return this;
    }

    /** Records the request, and sends it in the ways in which every similar call is refused. */
    ExampleCall refusedAsUsual() {
        ObjectNode parameters = examples.putObject("parameters");
        values.forEach((name, value) -> parameters.put(name, desk.names().in(value)));
        headers.forEach((name, value) -> {
            if (!name.equals("Authorization")) {
                parameters.put(name, desk.names().in(value));
            }
        });
        if (body != null) {
            examples.set("body", JSON.readTree(desk.names().in(body)));
        }
        refuses("malformed", call -> {
            call.rawQuery = body == null ? "x=%ff" : "";
            call.body = body == null ? null : "{";
        });
        refuses("unauthenticated", call -> call.headers.remove("Authorization"));
        refuses("forbidden", call -> call.headers.putAll(desk.operator()));
        List<String> variables = VARIABLE.matcher(path)
                .results()
                .map(variable -> variable.group(1))
                .toList();
        if (!variables.isEmpty()) {
            String last = variables.getLast();
            refuses("not-found", call -> call.with(last, last.equals("slug") ? "none" : ApiClient.newKey()));
        }
        if (body == null) {
            refuses("too-large", call -> call.rawQuery = LONG_QUERY);
        } else {
            refuses("unsupported-media-type", call -> call.header("Content-Type", "text/plain"));
            refuses("too-large", call -> call.body(HUGE));
        }
        if (!examples.path("problems").has("invalid")) {
            refuses("invalid", call -> {
                if (body == null) {
                    call.with("x", "\0");
                } else {
                    call.body("{}");
                }
            });
        }
        underLoad(CommonProblem.RATE_LIMITED, "Too many requests at once. Please try again in a moment.");
        underLoad(CommonProblem.UNAVAILABLE, "This is temporarily not possible. Please try again.");
        return this;
    }

    /** Records a problem that only occurs under load; it is not sent, and no test compares it with a response. */
    private void underLoad(CommonProblem code, String detail) {
        ObjectNode problem = note("problems")
                .putObject(code.wireName())
                .put("type", "about:blank")
                .put("title", code.title())
                .put("status", code.status().value())
                .put("detail", detail);
        if (code != CommonProblem.RATE_LIMITED) {
            // The gateway enforces the limits, and its problems have no instance.
            problem.put("instance", desk.names().in(address()).replaceFirst("\\?.*", ""));
        }
        problem.put("code", code.wireName());
    }

    /** Sends a modified call with a new key, and records the refusal. */
    ExampleCall refuses(String code, Consumer<ExampleCall> change) {
        ExampleCall changed = new ExampleCall(this);
        change.accept(changed);
        return noteRefusal(code, changed);
    }

    /** Sends another body with the same key. */
    ExampleCall refusesTheKeyFor(String otherBody) {
        ExampleCall again = new ExampleCall(this).body(otherBody);
        again.headers.putAll(headers);
        return noteRefusal("idempotency-key-reused", again);
    }

    private ExampleCall noteRefusal(String code, ExampleCall call) {
        Answer answer = call.send();
        assertThat(answer.at("/code"))
                .as("%s %s: %s", call.method, call.address(), answer.text())
                .isEqualTo(code);
        JsonNode problem = JSON.readTree(desk.names().in(answer.text()));
        assertThat(problem.path("status").asInt()).isEqualTo(answer.status());
        note("problems").set(code, problem);
        return this;
    }

    /** Records the response to a dry run. */
    Answer dryRun() {
        return new ExampleCall(this).with("dryRun", "true").answers(200, "dryRun");
    }

    Answer answers(int status) {
        return answers(status, "done");
    }

    private Answer answers(int status, String name) {
        Answer answer = send().has(status);
        String type = answer.headers().firstValue("Content-Type").orElse("");
        if (type.startsWith("application/json")) {
            note("answers")
                    .withObjectProperty("" + status)
                    .set(name, shortened(JSON.readTree(desk.names().in(answer.text()))));
        } else if (type.startsWith("text/csv")) {
            note("answers").withObjectProperty("" + status).put(name, heading(answer.text()));
        }
        return answer;
    }

    private String heading(String file) {
        return file.lines()
                .limit(3)
                .map(line -> desk.names().in(line.replace("\uFEFF", "")) + "\r\n")
                .collect(Collectors.joining());
    }

    private ObjectNode note(String kind) {
        return examples.withObjectProperty(kind);
    }

    /** Shortens mails, which are too long for examples. */
    private static JsonNode shortened(JsonNode node) {
        node.findParents("html").forEach(mail -> shorten((ObjectNode) mail, "html"));
        node.findParents("text").forEach(mail -> shorten((ObjectNode) mail, "text"));
        return node;
    }

    private static void shorten(ObjectNode mail, String field) {
        if (mail.get(field) instanceof StringNode text && text.stringValue().length() > LONG) {
            mail.put(field, text.stringValue().substring(0, LONG) + "…");
        }
    }

    private Answer send() {
        return desk.api().send(method, address(), body, headers);
    }

    private String address() {
        Map<String, String> left = new LinkedHashMap<>(values);
        String address = VARIABLE.matcher(path)
                .replaceAll(
                        variable -> Matcher.quoteReplacement(encoded(String.valueOf(left.remove(variable.group(1))))));
        String query = left.entrySet().stream()
                .map(one -> one.getKey() + "=" + encoded(one.getValue()))
                .collect(Collectors.joining("&"));
        String whole = String.join("&", query, rawQuery).replaceFirst("^&|&$", "");
        return whole.isEmpty() ? address : address + "?" + whole;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
