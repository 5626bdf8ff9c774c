package org.openingminute.ui;

import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.thymeleaf.context.IExpressionContext;
import org.thymeleaf.dialect.AbstractDialect;
import org.thymeleaf.dialect.IExpressionObjectDialect;
import org.thymeleaf.expression.IExpressionObjectFactory;

/** Gives templates {@code #ui}: the addresses of files, and the time of a rehearsal. Thread-safe. */
public final class UiDialect extends AbstractDialect implements IExpressionObjectDialect {

    private static final String NAME = "ui";

    private final Assets assets;
    private final Supplier<@Nullable String> businessTime;

    /** @param businessTime as the request tells it that a page is made for, by {@link BusinessTime#HEADER}; {@code null} if it does not */
    public UiDialect(Assets assets, Supplier<@Nullable String> businessTime) {
        super(NAME);
        this.assets = assets;
        this.businessTime = businessTime;
    }

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
        public @Nullable BusinessTime getBusinessTime() {
            return BusinessTime.told(businessTime.get(), language).orElse(null);
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
