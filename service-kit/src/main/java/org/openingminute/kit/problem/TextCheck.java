package org.openingminute.kit.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Reads the parameters of every request, of its query and of its form, before the handler does. The server refuses those that are
 * not UTF-8, and this those with a NUL, which no database stores. By intent a text that cannot be read is refused before the token
 * is asked for, as a body is. An upload is left to its handler, which asks for the token before it reads.
 */
final class TextCheck implements HandlerInterceptor {

    /** @throws Problem {@code invalid} for a NUL */
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (isUpload(request, handler)) {
            return true;
        }
        request.getParameterMap().forEach((name, values) -> {
            if (hasNul(name) || Arrays.stream(values).anyMatch(TextCheck::hasNul)) {
                throw Problem.invalid(name, "control-characters", "has control characters");
            }
        });
        return true;
    }

    /** A handler that names parameters gets them from the parts, too. */
    private static boolean isUpload(HttpServletRequest request, Object handler) {
        @Nullable String type = request.getContentType();
        return type != null
                && type.toLowerCase(Locale.ROOT).startsWith("multipart/")
                && handler instanceof HandlerMethod method
                && Arrays.stream(method.getMethodParameters())
                        .noneMatch(parameter -> parameter.hasParameterAnnotation(RequestParam.class));
    }

    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }
}
