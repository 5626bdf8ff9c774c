package org.openingminute.gateway.request;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;

/**
 * Refuses queries, and the gateway's own forms, that a server behind the gateway could not parse and would quote in its log. Services apply
 * the same rule to the forms that the gateway passes on.
 */
public final class QueryGuard {

    /** The characters that RFC 3986 allows in a query. */
    private static final Pattern WRITABLE = Pattern.compile("[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*");

    private QueryGuard() {}

    /**
     * Checks a query or a form.
     *
     * @param rawQuery the query as it was sent, still encoded
     * @throws Problem {@code malformed} if it is not percent-encoded UTF-8, {@code invalid} for a NUL
     */
    public static void check(@Nullable String rawQuery) {
        if (rawQuery == null) {
            return;
        }
        if (!WRITABLE.matcher(rawQuery).matches()) {
            throw malformed();
        }
        if (rawQuery.indexOf('%') < 0) {
            return;
        }
        for (String parameter : rawQuery.split("&", -1)) {
            String decoded = decoded(parameter);
            if (decoded.indexOf('\0') >= 0) {
                throw Problem.invalid(decoded.split("=", 2)[0], "control-characters", "has control characters");
            }
        }
    }

    /** Decodes to one character for each byte first, because a decoder that replaces invalid bytes would hide them. */
    private static String decoded(String parameter) {
        try {
            byte[] bytes =
                    URLDecoder.decode(parameter, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw malformed();
        }
    }

    private static Problem malformed() {
        return Problem.malformed("The request cannot be read.");
    }
}
