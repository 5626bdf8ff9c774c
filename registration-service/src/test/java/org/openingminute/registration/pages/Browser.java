package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;

/** A minimal browser: it keeps cookies and sends forms, and does not follow redirects. */
public final class Browser {

    /** The public origin of the service. */
    public static final String ORIGIN = "http://localhost:8080";

    private static final Pattern HIDDEN =
            Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> cookies = new ConcurrentHashMap<>();
    private final String base;

    /** @param port the service's port */
    public Browser(int port) {
        this.base = "http://127.0.0.1:" + port;
    }

    /** Sets a cookie that was obtained elsewhere. */
    public void become(String cookie, String value) {
        cookies.put(cookie, value);
    }

    public HttpResponse<String> get(String path) {
        return get(path, "en");
    }

    public HttpResponse<String> get(String path, String language) {
        return send(HttpRequest.newBuilder(URI.create(base + path)).header("Accept-Language", language));
    }

    public HttpResponse<String> getWith(String path, String header, String value) {
        return send(HttpRequest.newBuilder(URI.create(base + path)).header(header, value));
    }

    public HttpResponse<String> post(String path, Map<String, String> form) {
        return send(form(path, form).header("Origin", ORIGIN));
    }

    public HttpResponse<String> post(String path, Map<String, String> form, String language) {
        return send(form(path, form).header("Origin", ORIGIN).header("Accept-Language", language));
    }

    /** Submits a form with several values of one field. */
    public HttpResponse<String> post(String path, String field, List<String> values) {
        return send(form(path, values.stream().map(value -> Map.entry(field, value)))
                .header("Origin", ORIGIN));
    }

    /** Submits a form with one file. */
    public HttpResponse<String> postFile(String path, String name, byte[] content) {
        return send(file(path, name, content).header("Origin", ORIGIN));
    }

    HttpResponse<String> postFileFrom(String origin, String path, String name, byte[] content) {
        return send(file(path, name, content).header("Origin", origin));
    }

    private HttpRequest.Builder file(String path, String name, byte[] content) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "multipart/form-data; boundary=" + ServiceFixture.BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(ServiceFixture.multipart(name, content)));
    }

    public HttpResponse<String> postFrom(String origin, String path, Map<String, String> form) {
        return send(form(path, form).header("Origin", origin));
    }

    /** Returns the hidden fields of a page's form. */
    public static Map<String, String> hiddenFields(String page) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher matcher = HIDDEN.matcher(page);
        while (matcher.find()) {
            fields.put(matcher.group(1), matcher.group(2));
        }
        return fields;
    }

    public static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private HttpRequest.Builder form(String path, Map<String, String> form) {
        return form(path, form.entrySet().stream());
    }

    private HttpRequest.Builder form(String path, Stream<Map.Entry<String, String>> fields) {
        String body = fields.map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        request.header("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        try {
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            for (String cookie : answer.headers().allValues("Set-Cookie")) {
                String[] pair = cookie.split(";", 2)[0].split("=", 2);
                cookies.put(pair[0], pair[1]);
            }
            return answer;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Opens the link in a registration's mail; returns the path of its page. */
    String open(Reply made) {
        return header(post("/open", Map.of("token", made.text("accessToken"))), "Location");
    }

    static String register(String slug) {
        return "/conferences/" + slug + "/register";
    }

    /** Returns a conference's form, filled in for one attendee. */
    Map<String, String> form(String slug, String category) {
        HttpResponse<String> page = get(register(slug));
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        Map<String, String> form = new LinkedHashMap<>(hiddenFields(page.body()));
        form.putAll(Map.of(
                "contact.name", "Ada Lovelace",
                "contact.email", "ada@example.org",
                "contact.locale", "en",
                "attendees[0].category", category,
                "attendees[0].givenName", "Ada",
                "attendees[0].familyName", "Lovelace",
                "attendees[0].email", "ada@example.org",
                "acceptedCodeOfConduct", "true",
                "action", "register"));
        return form;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
