package org.openingminute.kit.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Reads the parameters of every request, of its query and of its form, before the handler does. The server refuses those that are
 * not UTF-8, and this those with a NUL, which no database stores.
 */
final class TextCheck implements HandlerInterceptor {

    /** @throws Problem {@code invalid} for a NUL */
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        request.getParameterMap().forEach((name, values) -> {
            if (hasNul(name) || Arrays.stream(values).anyMatch(TextCheck::hasNul)) {
                throw Problem.invalid(name, "control-characters", "has control characters");
            }
        });
        return true;
    }

    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }
}
