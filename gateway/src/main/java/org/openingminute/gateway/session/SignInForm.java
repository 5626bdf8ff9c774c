package org.openingminute.gateway.session;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.request.QueryGuard;
import org.openingminute.kit.problem.Problem;

/**
 * What the form of signing in sends.
 *
 * @param to the page to which it leads
 */
record SignInForm(
        @Nullable String username,
        @Nullable String password,
        @Nullable String to) {

    /**
     * Reads a body; of a field that comes twice the first counts.
     *
     * @throws Problem as {@link QueryGuard} refuses queries
     */
    static SignInForm of(@Nullable String body) {
        QueryGuard.check(body);
        Map<String, String> fields = new HashMap<>();
        for (String field : (body == null ? "" : body).split("&", -1)) {
            String[] parts = field.split("=", 2);
            fields.putIfAbsent(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
        }
        return new SignInForm(fields.get("username"), fields.get("password"), fields.get("to"));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "SignInForm[•••]";
    }
}
