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
 * Parses the query and form parameters of every request before the handler runs. The server refuses parameters that are not UTF-8; this
 * class refuses those that contain a NUL, which PostgreSQL cannot store. Unreadable text is deliberately refused before authentication, as
 * with JSON bodies. Uploads are not parsed here, because their handlers authenticate before they read.
 */
final class TextCheck implements HandlerInterceptor {

    /** @throws Problem {@code invalid} if a parameter contains a NUL */
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

    /** Multipart requests whose handler declares {@code @RequestParam} are checked, because their parts become parameters. */
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
