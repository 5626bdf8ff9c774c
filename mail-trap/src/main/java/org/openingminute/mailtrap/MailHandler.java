package org.openingminute.mailtrap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.mailtrap.MailStore.Found;
import org.openingminute.mailtrap.MailStore.StoredMail;

/**
 * The mails over HTTP:
 *
 * <ul>
 *   <li>{@code GET /mails}: all, oldest first; with {@code to} only those to an address; with {@code limit} the newest, newest
 *       first, without the {@code skip} newest ones. The header {@code Mail-Count} says how many there are in all.
 *   <li>{@code GET /mails/NUMBER}: one, or 404.
 *   <li>{@code DELETE /mails}: deletes all that are there.
 * </ul>
 *
 * The body has for each mail its number (8 bytes), the milliseconds of its arrival (8 bytes), its length (4 bytes) and the mail
 * itself.
 */
final class MailHandler implements HttpHandler {

    static final String PATH = "/mails";

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int NO_BODY = -1;

    private final MailStore store;

    MailHandler(MailStore store) {
        this.store = store;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        switch (exchange.getRequestMethod()) {
            case "GET" -> {
                if (path.equals(PATH)) {
                    list(exchange);
                } else {
                    read(exchange, path.substring(PATH.length()));
                }
            }
            case "DELETE" -> {
                store.empty();
                exchange.sendResponseHeaders(NO_CONTENT, NO_BODY);
            }
            default -> exchange.sendResponseHeaders(NOT_ALLOWED, NO_BODY);
        }
    }

    private void list(HttpExchange exchange) throws IOException {
        Map<String, String> parameters = parameters(exchange.getRequestURI().getRawQuery());
        @Nullable String to = parameters.get("to");
        Found found;
        try {
            found = parameters.containsKey("limit")
                    ? store.findNewest(to, number(parameters, "skip"), number(parameters, "limit"))
                    : store.find(to);
        } catch (NumberFormatException _) {
            exchange.sendResponseHeaders(BAD_REQUEST, NO_BODY);
            return;
        }
        exchange.getResponseHeaders().set("Mail-Count", Integer.toString(found.count()));
        send(exchange, found.numbers());
    }

    private void read(HttpExchange exchange, String rest) throws IOException {
        if (!rest.matches("/[0-9]{1,18}")) {
            exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
            return;
        }
        Optional<StoredMail> mail = store.read(Long.parseLong(rest.substring(1)));
        if (mail.isEmpty()) {
            exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
            return;
        }
        DataOutputStream body = body(exchange);
        mail.get().writeTo(body);
        body.close();
    }

    /** One mail after the other, because all of them may be more than the memory holds. */
    private void send(HttpExchange exchange, List<Long> numbers) throws IOException {
        DataOutputStream body = body(exchange);
        for (Long number : numbers) {
            Optional<StoredMail> mail = store.read(number);
            if (mail.isPresent()) {
                mail.get().writeTo(body);
            }
        }
        body.close();
    }

    /** To be closed only after the last mail: an answer that was cut off must not look complete. */
    private static DataOutputStream body(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(OK, 0);
        return new DataOutputStream(new BufferedOutputStream(exchange.getResponseBody()));
    }

    private static int number(Map<String, String> parameters, String name) {
        int number = Integer.parseInt(parameters.getOrDefault(name, "0"));
        if (number < 0) {
            throw new NumberFormatException(name);
        }
        return number;
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new HashMap<>();
        if (query != null) {
            for (String parameter : query.split("&", -1)) {
                String[] parts = parameter.split("=", 2);
                if (parts.length == 2) {
                    parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
                }
            }
        }
        return parameters;
    }
}
