package org.openingminute.ui;

import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.thymeleaf.context.IExpressionContext;
import org.thymeleaf.dialect.AbstractDialect;
import org.thymeleaf.dialect.IExpressionObjectDialect;
import org.thymeleaf.expression.IExpressionObjectFactory;

/** Adds the object {@code #ui} to templates: addresses of static files, and facts about the current request. Thread-safe. */
public final class UiDialect extends AbstractDialect implements IExpressionObjectDialect {

    private static final String NAME = "ui";

    private final Assets assets;
    private final Supplier<RequestFacts> request;

    /** @param request returns the facts about the request that is being answered */
    public UiDialect(Assets assets, Supplier<RequestFacts> request) {
        super(NAME);
        this.assets = assets;
        this.request = request;
    }

    /**
     * Facts about a request.
     *
     * @param businessTime the value of {@link BusinessTime#HEADER}; {@code null} if it is absent
     * @param isRead whether the request is a read, which a browser can repeat in another language
     */
    public record RequestFacts(@Nullable String businessTime, boolean isRead) {}

    /** The functions that templates can call. */
    public final class Functions {

        private final Locale language;

        private Functions(Locale language) {
            this.language = language;
        }

        /**
         * The address of a file.
         *
         * @throws IllegalArgumentException if there is no such file
         */
        public String asset(String name) {
            return assets.address(name);
        }

        /** The time of the rehearsal; {@code null} if it is not known. */
        public @Nullable BusinessTime businessTime() {
            return BusinessTime.fromHeader(request.get().businessTime(), language)
                    .orElse(null);
        }

        /** Whether the page answers a read. */
        public boolean isRead() {
            return request.get().isRead();
        }
    }

    @Override
    public IExpressionObjectFactory getExpressionObjectFactory() {
        return new IExpressionObjectFactory() {
            @Override
            public Set<String> getAllExpressionObjectNames() {
                return Set.of(NAME);
            }

            @Override
            public Object buildObject(IExpressionContext context, String name) {
                return new Functions(context.getLocale());
            }

            @Override
            public boolean isCacheable(String name) {
                return true;
            }
        };
    }
}
