package org.openingminute.ui;

import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.thymeleaf.context.IExpressionContext;
import org.thymeleaf.dialect.AbstractDialect;
import org.thymeleaf.dialect.IExpressionObjectDialect;
import org.thymeleaf.expression.IExpressionObjectFactory;

/** Gives templates {@code #ui}: the addresses of files, and what a page's request tells. Thread-safe. */
public final class UiDialect extends AbstractDialect implements IExpressionObjectDialect {

    private static final String NAME = "ui";

    private final Assets assets;
    private final Supplier<Told> request;

    /** @param request what the one tells that a page is made for */
    public UiDialect(Assets assets, Supplier<Told> request) {
        super(NAME);
        this.assets = assets;
        this.request = request;
    }

    /**
     * What a request tells.
     *
     * @param businessTime by {@link BusinessTime#HEADER}; {@code null} if it does not
     * @param isRead whether it is a read, which a browser can ask for again in another language
     */
    public record Told(@Nullable String businessTime, boolean isRead) {}

    /** What a template can call, for one page. */
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

        /** The time of the rehearsal, or {@code null} where nobody told it. */
        public @Nullable BusinessTime businessTime() {
            return BusinessTime.told(request.get().businessTime(), language).orElse(null);
        }

        /** Whether the page is the answer to a read. */
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
